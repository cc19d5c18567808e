package dev.usher.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import extension.Extension;
import extension.Greetings;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What may wait for methods of extensions, and for how long anybody waits for them. */
class HandlerBoundTests {

	private static final String LARGE = "x".repeat(60_000);

	private static StompFrame frame(String destination, String body, String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.add("destination:" + destination);
		return StompFrame.of("SEND", all.toArray(String[]::new)).body(body);
	}

	/** Has the only thread of the handlers sleep. */
	private static StompClient sleeper(TestGateway gateway) throws InterruptedException {
		StompClient sleeper = gateway.connect("sleeper").send(frame("/app/sleep", "", "receipt:awake"));
		assertThat(gateway.bean(Greetings.class).asleep.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		return sleeper;
	}

	private static double waiting(TestGateway gateway) {
		return gateway.bean(MeterRegistry.class).get("usher.handlers.waiting").gauge().value();
	}

	private static void wake(TestGateway gateway, StompClient sleeper) {
		gateway.bean(Greetings.class).awake.countDown();
		assertThat(sleeper.expect("RECEIPT").header("receipt-id")).isEqualTo("awake");
		sleeper.close();
	}

	@Test
	void framesWhenTheirConnectionsAreGoneThenWhatTheyHoldStillCounts() throws Exception {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.handlers.threads=1",
				"usher.handlers.waiting-bytes=1MB")) {
			StompClient sleeper = sleeper(own);
			for (int i = 0; i < 8; i++) {
				try (StompClient client = own.connect("leaving" + i)) {
					client.send(frame("/app/order", LARGE));
					client.sendAndWait("SEND", "destination:/app/ping");
				}
			}
			try (StompClient client = own.connect("late")) {
				client.send(frame("/app/order", LARGE));
				client.expectError("overloaded", 4015);
			}
			wake(own, sleeper);
			Await.until(() -> waiting(own) == 0);
			try (StompClient client = own.connect("later")) {
				client.receipt(frame("/app/order", LARGE));
			}
		}
	}

	@Test
	void framesWhenOneUserSendsThemOverManyConnectionsThenThereIsRoomForOthers() throws Exception {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.handlers.threads=1",
				"usher.handlers.waiting=40", "usher.handlers.waiting-per-connection=4")) {
			StompClient sleeper = sleeper(own);
			List<StompClient> greedy = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				StompClient client = own.connect("greedy");
				greedy.add(client);
				for (int j = 0; j < 4; j++) {
					client.send(frame("/app/order", "greedy"));
				}
			}
			greedy.get(9).expectError("overloaded", 4015);
			StompClient other = own.connect("other");
			other.send(frame("/app/order", "other", "receipt:7"));
			other.sendAndWait("SEND", "destination:/app/ping");
			wake(own, sleeper);
			assertThat(other.expect("RECEIPT").header("receipt-id")).isEqualTo("7");
			assertThat(own.bean(Greetings.class).order).contains("other", "greedy");
			other.close();
			Await.until(() -> waiting(own) == 0);
			try (StompClient again = own.connect("greedy")) {
				again.receipt(frame("/app/order", "again"));
			}
			greedy.forEach(StompClient::close);
		}
	}

	@Test
	void framesWhenThoseOfOneUserAreLargeThenThereIsRoomForOthers() throws Exception {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.handlers.threads=1",
				"usher.handlers.waiting-bytes=1MB")) {
			StompClient sleeper = sleeper(own);
			StompClient greedy = own.connect("greedy");
			for (int i = 0; i < 20; i++) {
				greedy.send(frame("/app/order", LARGE));
			}
			greedy.expectError("overloaded", 4015);
			StompClient other = own.connect("other");
			other.send(frame("/app/order", LARGE, "receipt:7"));
			other.sendAndWait("SEND", "destination:/app/ping");
			wake(own, sleeper);
			assertThat(other.expect("RECEIPT").header("receipt-id")).isEqualTo("7");
			other.close();
			greedy.close();
		}
	}

	@Test
	void disconnectWhenAFutureNeverCompletesThenItIsAnsweredAllTheSame() {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.connect.disconnect-timeout=1s");
				StompClient client = own.connect("hal")) {
			client.send(frame("/app/never", "", "receipt:never"));
			client.send("BEGIN", "transaction:t");
			client.send(frame("/app/never", "", "transaction:t"));
			client.send(frame("/app/never", "", "transaction:t"));
			client.send("COMMIT", "transaction:t", "receipt:uncommitted");
			client.send("DISCONNECT", "receipt:bye");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("bye");
			client.expectClose(1000, "");
		}
	}

	@Test
	void disconnectWhenAMethodNeverReturnsThenItIsAnsweredAllTheSame() throws Exception {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.connect.disconnect-timeout=1s")) {
			StompClient sleeper = sleeper(own);
			sleeper.send(frame("/app/order", "behind", "receipt:behind"));
			sleeper.send("DISCONNECT", "receipt:bye");
			assertThat(sleeper.expect("RECEIPT").header("receipt-id")).isEqualTo("bye");
			sleeper.expectClose(1000, "");
			own.bean(Greetings.class).awake.countDown();
			Await.until(() -> own.bean(Greetings.class).order.contains("behind"));
		}
	}

}
