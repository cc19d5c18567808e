package dev.usher.messaging;

import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.TaskExecutorRegistration;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Takes the interceptors of a channel, and refuses an executor for it. */
final class InterceptorRegistration extends ChannelRegistration {

	private final ConfigurerRefusals refusals;

	private final String channel;

	InterceptorRegistration(ConfigurerRefusals refusals, String channel) {
		this.refusals = refusals;
		this.channel = channel;
	}

	List<ChannelInterceptor> registered() {
		return List.copyOf(getInterceptors());
	}

	@Override
	public TaskExecutorRegistration taskExecutor(@Nullable ThreadPoolTaskExecutor taskExecutor) {
		throw executorRefused();
	}

	@Override
	public ChannelRegistration executor(Executor executor) {
		throw executorRefused();
	}

	private UnsupportedMessagingException executorRefused() {
		return this.refusals.of("an executor for " + this.channel,
				"interceptors run on the thread that sends, which for clients is the one that reads their frames",
				"Remove the call. Methods with @MessageMapping have threads of their own, see usher.handlers.threads.");
	}

}
