package dev.usher.start;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Profile;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Each runs out of memory on another kind of thread, under a profile of its own. */
@RestController
@Profile("exhausted")
class ExhaustingParts {

	private final ServletWebServerApplicationContext context;

	private volatile boolean scheduled;

	ExhaustingParts(ServletWebServerApplicationContext context) {
		this.context = context;
	}

	/** More than any heap of a test; the JVM throws this one itself. */
	private static int exhaust() {
		return new long[Integer.MAX_VALUE - 10].length;
	}

	@GetMapping("/exhausted-servlet.html")
	String servlet() {
		return "" + exhaust();
	}

	@GetMapping("/exhausted-future.html")
	CompletableFuture<String> future() {
		return CompletableFuture.supplyAsync(this::servlet);
	}

	@GetMapping("/exhausted-pool.html")
	String pool() {
		((JettyWebServer) this.context.getWebServer()).getServer().getThreadPool().execute(ExhaustingParts::exhaust);
		return "ok";
	}

	@GetMapping("/exhausted-scheduler.html")
	String scheduler() {
		this.scheduled = true;
		return "ok";
	}

	@Scheduled(fixedDelay = 100)
	void run() {
		if (this.scheduled) {
			exhaust();
		}
	}

	/** Some code fills the heap and never says so. */
	@GetMapping("/exhausted-silence.html")
	String silence() {
		Thread thread = new Thread(ExhaustingParts::fillInSilence);
		thread.setDaemon(true);
		thread.start();
		return "ok";
	}

	private static void fillInSilence() {
		List<byte[]> all = new ArrayList<>(1_000_000);
		while (true) {
			try {
				all.add(new byte[8 * 1024]);
			}
			catch (OutOfMemoryError ex) {
				all.remove(all.size() - 1);
			}
		}
	}

	@Component
	@Profile("exhausted")
	static class ExhaustingInterceptor implements ChannelInterceptor {

		@Override
		public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
			if ("/user/topic/exhausted".equals(SimpMessageHeaderAccessor.getDestination(message.getHeaders()))) {
				exhaust();
			}
			return message;
		}

	}

}
