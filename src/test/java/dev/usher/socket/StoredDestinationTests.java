package dev.usher.socket;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stored destinations over STOMP: what a client sees of offsets, readers and
 * acknowledgements.
 */
class StoredDestinationTests {

	private final TestGateway gateway = SharedGateway.get();

	private static StompFrame subscribe(StompClient client, String... headers) {
		return client.receipt(StompFrame.of("SUBSCRIBE", headers));
	}

	private static StompFrame send(StompClient client, String destination, String body) {
		return client.receipt(StompFrame.of("SEND", "destination:" + destination).body(body));
	}

	@Test
	void inboxWhenSubscribedWithNothingThenStartsNow() {
		try (StompClient ann = this.gateway.connect("now"); StompClient ben = this.gateway.connect("ben")) {
			send(ben, "/user/now/queue/in", "before");
			StompFrame receipt = subscribe(ann, "id:a", "destination:/user/queue/in");
			assertThat(receipt.headers()).containsEntry("offset", "1")
				.containsEntry("recovered", "true")
				.containsKey("epoch");
			send(ben, "/user/now/queue/in", "after");
			StompFrame message = ann.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("after");
			assertThat(message.headers()).containsEntry("offset", "2")
				.containsEntry("destination", "/user/queue/in")
				.containsEntry("epoch", receipt.header("epoch"))
				.containsKeys("timestamp", "message-id")
				.doesNotContainKeys("receipt", "ack", "redelivered");
		}
	}

	@Test
	void inboxWhenOffsetIsGivenThenReplayMeetsLiveInOrder() {
		try (StompClient ben = this.gateway.connect("ben"); StompClient ann = this.gateway.connect("replay")) {
			for (int i = 1; i <= 20; i++) {
				send(ben, "/user/replay/queue/in", "m" + i);
			}
			StompFrame receipt = subscribe(ann, "id:a", "destination:/user/queue/in", "offset:5");
			assertThat(receipt.header("offset")).isEqualTo("5");
			for (int i = 21; i <= 40; i++) {
				ben.publish("/user/replay/queue/in", "m" + i);
			}
			List<String> read = IntStream.rangeClosed(6, 40).mapToObj((i) -> ann.expect("MESSAGE").text()).toList();
			assertThat(read).isEqualTo(IntStream.rangeClosed(6, 40).mapToObj((i) -> "m" + i).toList());
		}
	}

	@Test
	void durableReaderWhenNothingIsAcknowledgedThenAllComesAgain() {
		try (StompClient ben = this.gateway.connect("ben")) {
			try (StompClient ann = this.gateway.connect("dura")) {
				subscribe(ann, "id:a", "destination:/user/queue/in", "durable:phone", "offset:0",
						"ack:client-individual");
				send(ben, "/user/dura/queue/in", "one");
				send(ben, "/user/dura/queue/in", "two");
				String first = ann.expect("MESSAGE").header("ack");
				ann.expect("MESSAGE");
				ann.sendAndWait("ACK", "id:" + first);
			}
			try (StompClient ann = this.gateway.connect("dura")) {
				subscribe(ann, "id:b", "destination:/user/queue/in", "durable:phone", "ack:client-individual");
				StompFrame again = ann.expect("MESSAGE");
				assertThat(again.text()).isEqualTo("two");
				assertThat(again.header("redelivered")).isEqualTo("true");
			}
		}
	}

	/** STOMP 1.2, section "NACK": in the mode client to all that were sent before. */
	@ParameterizedTest
	@ValueSource(strings = { "1.1", "1.2" })
	void nackWhenModeIsClientThenAllBeforeItComeAgainAndNothingBehind(String version) {
		String user = "refuses" + version.replace('.', '-');
		try (StompClient ben = this.gateway.connect("ben");
				StompClient ann = this.gateway.connect(user, "accept-version:" + version)) {
			subscribe(ann, "id:a", "destination:/user/queue/in", "ack:client");
			for (int i = 1; i <= 5; i++) {
				send(ben, "/user/" + user + "/queue/in", "m" + i);
			}
			List<StompFrame> given = IntStream.rangeClosed(1, 5).mapToObj((i) -> ann.expect("MESSAGE")).toList();
			ann.sendAndWait("ACK", named(version, given.get(0)));
			ann.sendAndWait("NACK", named(version, given.get(3)));
			this.gateway.clock().advance(Duration.ofSeconds(2));
			for (String again : List.of("m2", "m3", "m4")) {
				StompFrame message = ann.expect("MESSAGE");
				assertThat(message.text()).isEqualTo(again);
				assertThat(message.header("redelivered")).isEqualTo("true");
			}
			ann.sendAndWait("ACK", named(version, given.get(4)));
		}
	}

	private static String[] named(String version, StompFrame message) {
		return version.equals("1.2") ? new String[] { "id:" + message.header("ack") }
				: new String[] { "subscription:a", "message-id:" + message.header("message-id") };
	}

	@Test
	void sharedQueueWhenTwoReadThenEachMessageGoesToOne() {
		try (StompClient ann = this.gateway.connect("ann");
				StompClient ben = this.gateway.connect("ben");
				StompClient publisher = this.gateway.connect("carl")) {
			subscribe(ann, "id:a", "destination:/queue/stored.work", "ack:client-individual", "in-flight:1");
			subscribe(ben, "id:b", "destination:/queue/stored.work", "ack:client-individual", "in-flight:1");
			send(publisher, "/queue/stored.work", "first");
			send(publisher, "/queue/stored.work", "second");
			assertThat(Set.of(ann.expect("MESSAGE").text(), ben.expect("MESSAGE").text()))
				.isEqualTo(Set.of("first", "second"));
		}
	}

	@Test
	void sharedQueueWhenSomebodyForgetsItThenNothingAcknowledgedComesAgain() {
		try (StompClient ann = this.gateway.connect("ann"); StompClient ben = this.gateway.connect("ben")) {
			send(ben, "/queue/stored.forgotten", "read");
			subscribe(ann, "id:a", "destination:/queue/stored.forgotten", "ack:client");
			ann.sendAndWait("ACK", "id:" + ann.expect("MESSAGE").header("ack"));
			ann.sendAndWait("UNSUBSCRIBE", "id:a", "forget:true");
			StompFrame receipt = subscribe(ben, "id:b", "destination:/queue/stored.forgotten", "ack:client");
			assertThat(receipt.header("offset")).isEqualTo("1");
			send(ann, "/queue/stored.forgotten", "new");
			assertThat(ben.expect("MESSAGE").text()).isEqualTo("new");
		}
	}

	@Test
	void ackWhenIdIsUnknownThenErrorEndsTheConnection() {
		try (StompClient ann = this.gateway.connect("ann")) {
			subscribe(ann, "id:a", "destination:/user/queue/stored.x", "ack:client");
			ann.send("ACK", "id:0.nonsense", "receipt:r9");
			assertThat(ann.expectError("bad_frame", 4500).header("receipt-id")).isEqualTo("r9");
		}
	}

}
