package dev.usher.socket;

import java.time.Duration;

import dev.usher.inbox.LogHints;
import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two gateways that share a database and a Redis: stored messages between them. */
class StoredAcrossNodesTests {

	/** Long after any pause between two tries, and within the life of every token. */
	private static final Duration LATER = Duration.ofSeconds(10);

	private static TwoGateways both;

	private static TestGateway one;

	private static TestGateway other;

	@BeforeAll
	static void start() {
		both = new TwoGateways();
		one = both.one();
		other = both.other();
	}

	@AfterAll
	static void end() {
		both.close();
	}

	/** From then on the database is looked at every 30 s only. */
	@BeforeEach
	void awaitHints() {
		Await.within(30, () -> one.bean(LogHints.class).work() && other.bean(LogHints.class).work());
	}

	private static void subscribe(StompClient client, String destination, String ack) {
		client.receipt(StompFrame.of("SUBSCRIBE", "id:s", "destination:" + destination, "ack:" + ack));
	}

	private static void assertEachArrives(String address, String destination) {
		try (StompClient alice = one.connect("alice"); StompClient bob = other.connect("bob")) {
			subscribe(bob, destination, "auto");
			for (int i = 1; i <= 20; i++) {
				alice.receipt(StompFrame.of("SEND", "destination:" + address, "content-type:text/plain", "mood:good")
					.body("message " + i));
				StompFrame message = bob.expect("MESSAGE");
				assertThat(message.text()).isEqualTo("message " + i);
				assertThat(message.header("offset")).isEqualTo(Integer.toString(i));
				assertThat(message.header("content-type")).isEqualTo("text/plain");
				assertThat(message.header("mood")).isEqualTo("good");
				assertThat(message.header("sender")).isEqualTo("alice");
			}
		}
	}

	@Test
	void messagesWhenTheirUserIsOnTheOtherNodeThenArriveByHints() {
		assertEachArrives("/user/bob/queue/mail", "/user/queue/mail");
	}

	@Test
	void messagesWhenTheirQueueIsReadOnTheOtherNodeThenArriveByHints() {
		assertEachArrives("/queue/jobs", "/queue/jobs");
	}

	@Test
	void messageWhenItIsTooLargeForAHintThenIsReadAtOnce() {
		try (StompClient alice = one.connect("alice"); StompClient carl = other.connect("carl")) {
			subscribe(carl, "/user/queue/mail", "auto");
			String large = "x".repeat(20_000);
			alice.receipt(StompFrame.of("SEND", "destination:/user/carl/queue/mail").body(large));
			assertThat(carl.expect("MESSAGE").text()).isEqualTo(large);
		}
	}

	@Test
	void messageWhenItIsRefusedAndTheOtherShareIsOnAnotherNodeThenComesThere() {
		try (StompClient here = one.connect("dan"); StompClient there = other.connect("eve")) {
			subscribe(here, "/queue/shares", "client-individual");
			here.receipt(StompFrame.of("SEND", "destination:/queue/shares").body("work"));
			StompFrame first = here.expect("MESSAGE");
			subscribe(there, "/queue/shares", "client-individual");
			here.send("NACK", "id:" + first.header("ack"));
			there.expectNothing();
			// Only there: the share is new, and hands out when it knows that the other
			// node
			// lives.
			other.clock().advance(LATER);
			StompFrame again = there.expect("MESSAGE");
			one.clock().advance(LATER);
			assertThat(again.text()).isEqualTo("work");
			assertThat(again.header("redelivered")).isEqualTo("true");
			there.receipt(StompFrame.of("ACK", "id:" + again.header("ack")));
			here.expectNothing();
		}
	}

	@Test
	void hintsWhenRedisIsAwayThenAreNotReliedOnAndMessagesArriveAllTheSame() {
		try (StompClient alice = one.connect("alice"); StompClient finn = other.connect("finn")) {
			subscribe(finn, "/user/queue/mail", "auto");
			both.redis().stop();
			Await.within(20, () -> !other.bean(LogHints.class).work());
			alice.receipt(StompFrame.of("SEND", "destination:/user/finn/queue/mail").body("by the database"));
			assertThat(finn.expect("MESSAGE").text()).isEqualTo("by the database");
		}
		finally {
			both.redis().restart();
		}
	}

}
