package dev.usher.messaging;

import java.util.concurrent.CountDownLatch;

import dev.usher.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Events of sessions whose listener does not keep up. */
class SessionEventPublisherTests {

	private static final CountDownLatch heard = new CountDownLatch(1);

	private static final CountDownLatch goOn = new CountDownLatch(1);

	@Test
	void eventsWhenAListenerHangsThenWhatWaitsIsBoundedInBytes() throws Exception {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Hanging.class)) {
			SessionEventPublisher publisher = new SessionEventPublisher(context);
			SimpleMeterRegistry meters = new SimpleMeterRegistry();
			publisher.bindTo(meters);
			publisher.start();
			String large = "x".repeat(4000);
			publisher.on(event(""));
			heard.await();
			for (int i = 0; i < 1000; i++) {
				publisher.on(event(large));
			}
			assertThat(lost(meters)).as("64 MB of headers").isPositive();
			goOn.countDown();
			Await.until(() -> {
				double before = lost(meters);
				publisher.on(event(large));
				return lost(meters) == before;
			});
			publisher.stop();
		}
	}

	private static double lost(SimpleMeterRegistry meters) {
		return meters.get("usher.session.events.lost").functionCounter().count();
	}

	private static SessionSubscribeEvent event(String value) {
		StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.SUBSCRIBE);
		for (int i = 0; i < 16; i++) {
			headers.setNativeHeader("header-" + i, value);
		}
		return new SessionSubscribeEvent(SessionEventPublisherTests.class,
				MessageBuilder.createMessage(new byte[0], headers.getMessageHeaders()));
	}

	static class Hanging {

		@EventListener
		void on(SessionSubscribeEvent event) throws InterruptedException {
			heard.countDown();
			goOn.await();
		}

	}

}
