package dev.usher.socket;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Profile;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.stereotype.Component;

/**
 * Has frames with a header {@code held} wait as for the keys of an issuer, until a test
 * lets them go on. Under a profile of its own.
 */
@Component
@Profile("held")
class HeldVerification implements ChannelInterceptor {

	private final Map<String, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();

	private final Map<String, CountDownLatch> arrived = new ConcurrentHashMap<>();

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		InboundFrame inbound = InboundFrame.current();
		ClientFrame frame = inbound.frame();
		String name = frame.header("held");
		if (name == null) {
			return message;
		}
		StompConnection connection = inbound.connection();
		boolean verified = connection.reader()
			.verified(frame, () -> gate(name).thenApply((done) -> connection.caller())) != null;
		arrived(name).countDown();
		return (verified) ? message : null;
	}

	private CompletableFuture<Void> gate(String name) {
		return this.gates.computeIfAbsent(name, (key) -> new CompletableFuture<>());
	}

	private CountDownLatch arrived(String name) {
		return this.arrived.computeIfAbsent(name, (key) -> new CountDownLatch(1));
	}

	/** Waits until a frame waits. */
	void await(String name) throws InterruptedException {
		arrived(name).await();
	}

	/** Lets it go on, on this thread. */
	void release(String name) {
		gate(name).complete(null);
	}

}
