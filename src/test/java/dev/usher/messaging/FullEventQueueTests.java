package dev.usher.messaging;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.context.event.EventListener;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** An extension that counts sessions is right again once its listener goes on. */
class FullEventQueueTests {

	private static final List<String> heard = new CopyOnWriteArrayList<>();

	private static final CountDownLatch hangs = new CountDownLatch(1);

	private static final CountDownLatch goOn = new CountDownLatch(1);

	@Test
	void sessionWhenItsBeginWasHeardAndTheQueueIsFullThenItsEndIsHeardAndNoOther() throws Exception {
		try (TestGateway gateway = TestGateway.with(Listener.class, "usher.connect.bytes-per-second=0",
				"usher.connect.frames-per-second=0")) {
			StompClient early = gateway.connect("early");
			StompClient flood = gateway.connect("flood");
			Await.until(() -> heard.contains("SessionConnectedEvent flood"));
			flood.subscribe("0", "/topic/hang");
			hangs.await();
			fill(gateway, flood);
			StompClient unheard = gateway.connect("unheard");
			unheard.subscribe("0", "/topic/x");
			early.sendAndWait("DISCONNECT");
			early.close();
			flood.close();
			goOn.countDown();
			Await.until(() -> heard.contains("SessionDisconnectEvent flood"));
			Await.until(() -> heard.contains("SessionDisconnectEvent early"));
			unheard.subscribe("1", "/topic/y");
			unheard.close();
			try (StompClient late = gateway.connect("late")) {
				late.sendAndWait("DISCONNECT");
			}
			// One thread publishes them all, so whatever was before that end is here too.
			Await.until(() -> heard.contains("SessionDisconnectEvent late"));
			assertThat(heard).noneMatch((event) -> event.endsWith("unheard"));
			assertThat(count("SessionConnectEvent")).isEqualTo(count("SessionDisconnectEvent"))
				.isEqualTo(count("SessionConnectedEvent"));
		}
	}

	private static long count(String type) {
		return heard.stream().filter((event) -> event.startsWith(type + " ")).count();
	}

	private static void fill(TestGateway gateway, StompClient client) {
		String[] headers = new String[17];
		headers[0] = "id:1";
		headers[1] = "destination:/topic/full";
		for (int i = 2; i < headers.length; i++) {
			headers[i] = "header-" + i + ":" + "x".repeat(4000);
		}
		while (lost(gateway) == 0) {
			client.send(StompFrame.of("SUBSCRIBE", headers));
			client.sendAndWait("UNSUBSCRIBE", "id:1");
		}
		// Small events still find what the large ones left.
		for (int i = 0; i < 400; i++) {
			client.send("SUBSCRIBE", "id:1", "destination:/topic/full");
			client.send("UNSUBSCRIBE", "id:1");
		}
		client.sendAndWait("SEND", "destination:/app/ping");
	}

	private static double lost(TestGateway gateway) {
		return gateway.bean(MeterRegistry.class).get("usher.session.events.lost").functionCounter().count();
	}

	/** Of others. */
	static class Listener {

		@EventListener
		void on(SessionSubscribeEvent event) throws InterruptedException {
			if (goOn.getCount() > 0) {
				hangs.countDown();
				goOn.await();
			}
		}

		@EventListener({ SessionConnectEvent.class, SessionConnectedEvent.class, SessionDisconnectEvent.class })
		void note(AbstractSubProtocolEvent event) {
			heard.add(event.getClass().getSimpleName() + " " + event.getUser().getName());
		}

	}

}
