package dev.usher.inbox.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.usher.inbox.Handout;
import dev.usher.inbox.MessageConsumer;
import dev.usher.protocol.Destination;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of the node when one of the inbox's threads is stuck, or fails. */
class StuckThreadTests {

	private static HttpNode node;

	private static DatabaseInbox inbox;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
		inbox = node.bean(DatabaseInbox.class);
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static void awaitReadiness(int status) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> node.get("/actuator/health/readiness", null).status() == status);
	}

	private static Recorder read(Destination to) {
		Recorder recorder = new Recorder();
		Inboxes.await(inbox.subscribe(Inboxes.now(to), recorder)).request(Long.MAX_VALUE);
		return recorder;
	}

	private static void failOn(Destination to, Runnable failure) {
		Inboxes.await(inbox.subscribe(Inboxes.now(to), new MessageConsumer() {
			@Override
			public int onMessages(List<Handout> messages) {
				failure.run();
				return messages.size();
			}

			@Override
			public void onEnded() {
			}
		})).request(Long.MAX_VALUE);
		Inboxes.await(inbox.append(Inboxes.draft(to, "m")));
	}

	@Test
	void consumerWhenItBlocksADeliveryThreadThenTheNodeIsNotReadyUntilItGoesOn() throws Exception {
		awaitReadiness(200);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		failOn(Inboxes.own(), () -> {
			begun.countDown();
			Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> gate.getCount() == 0);
		});
		begun.await();
		awaitReadiness(503);
		Answer answer = node.get("/actuator/health/readiness", null);
		assertThat(answer.response().body()).isEqualTo("{\"status\":\"DOWN\"}");
		assertThat(node.get("/actuator/health/liveness", null).status()).isEqualTo(200);
		gate.countDown();
		awaitReadiness(200);
	}

	@Test
	void consumerWhenItThrowsAnErrorThenOthersAreServed() {
		for (int i = 0; i < 4; i++) {
			failOn(Inboxes.own(), () -> {
				throw new AssertionError("on purpose");
			});
		}
		Destination to = Inboxes.own();
		Recorder recorder = read(to);
		Inboxes.await(inbox.append(Inboxes.draft(to, "m")));
		assertThat(recorder.body()).isEqualTo("m");
		assertThat(node.call("GET", "/auth/me", node.admin(), null).json().path("username").asString())
			.isEqualTo("admin");
		awaitReadiness(200);
	}

}
