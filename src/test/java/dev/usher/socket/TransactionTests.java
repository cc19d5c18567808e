package dev.usher.socket;

import java.util.UUID;
import java.util.stream.Stream;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** BEGIN, COMMIT, ABORT. */
class TransactionTests {

	private static final TestGateway gateway = SharedGateway.get();

	static Stream<String> versions() {
		return Stream.of("1.0", "1.1", "1.2");
	}

	private static StompFrame held(String destination, String transaction) {
		return StompFrame.of("SEND", "destination:" + destination, "transaction:" + transaction);
	}

	@ParameterizedTest
	@MethodSource("versions")
	void framesWhenHeldThenTheyLeaveAtCommitInOrder(String version) {
		try (StompClient client = gateway.connect("ann", "accept-version:" + version)) {
			client.subscribe("a", "/topic/tx").sendAndWait("BEGIN", "transaction:t");
			client.send(held("/topic/tx", "t").body("1")).send(held("/topic/tx", "t").body("2"));
			client.expectNothing().send("COMMIT", "transaction:t", "receipt:committed");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("1");
			StompFrame second = client.expect("MESSAGE");
			assertThat(second.text()).isEqualTo("2");
			assertThat(second.headers()).doesNotContainKey("transaction");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("committed");
		}
	}

	@Test
	void framesWhenAbortedThenTheyAreForgotten() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/tx").sendAndWait("BEGIN", "transaction:t");
			client.send(held("/topic/tx", "t").body("never"));
			client.sendAndWait("ABORT", "transaction:t").sendAndWait("BEGIN", "transaction:t");
			client.sendAndWait("COMMIT", "transaction:t").expectNothing();
		}
	}

	@Test
	void framesWhenConnectionEndsThenTheyAreForgotten() {
		try (StompClient listener = gateway.connect("ben")) {
			listener.subscribe("a", "/topic/tx");
			try (StompClient client = gateway.connect("ann")) {
				client.sendAndWait("BEGIN", "transaction:t").send(held("/topic/tx", "t").body("never"));
				client.sendAndWait("DISCONNECT").expectClose(1000, "");
			}
			try (StompClient client = gateway.connect("ann")) {
				client.sendAndWait("BEGIN", "transaction:t").send(held("/topic/tx", "t").body("never"));
				client.expectNothing();
			}
			listener.expectNothing();
		}
	}

	@Test
	void framesWhenTwoTransactionsAreOpenThenEachHoldsItsOwn() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/tx")
				.sendAndWait("BEGIN", "transaction:t")
				.sendAndWait("BEGIN", "transaction:u");
			client.send(held("/topic/tx", "t").body("t")).send(held("/topic/tx", "u").body("u"));
			client.sendAndWait("ABORT", "transaction:t").send("COMMIT", "transaction:u");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("u");
			client.expectNothing();
		}
	}

	@Test
	void commitWhenOneSendIsForbiddenThenNoneTakesEffect() {
		try (StompClient client = gateway.connect("ann"); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("a", "/topic/tx");
			client.sendAndWait("BEGIN", "transaction:t");
			client.send(held("/topic/tx", "t").body("first")).send(held("/forbidden/anyway", "t"));
			client.send("COMMIT", "transaction:t", "receipt:r");
			assertThat(client.expectError("bad_frame", 4500).header("receipt-id")).isEqualTo("r");
			listener.expectNothing();
		}
	}

	/** What is refused for itself, wherever it goes; and how often that counts. */
	@ParameterizedTest
	@CsvSource({ "/topic/tx,ttl:soon,bad_frame,bad_frame", "/user/ben/queue/tx,ttl:0,bad_frame,bad_request",
			"/topic/tx,id:,bad_frame,bad_request", "/topic/tx,na me:x,bad_frame,bad_frame",
			"/topic/usher.tx,x:y,forbidden,forbidden" })
	void commitWhenOneSendCannotBeThenNoneTakesEffectAndItCounts(String destination, String header, String code,
			String result) {
		FunctionCounter refused = gateway.bean(MeterRegistry.class)
			.get("usher.publish.results")
			.tag("result", result)
			.functionCounter();
		double before = refused.count();
		try (StompClient listener = gateway.connect("ben"); StompClient client = gateway.connect("ann")) {
			listener.subscribe("a", "/topic/tx");
			client.sendAndWait("BEGIN", "transaction:t").send(held("/topic/tx", "t").body("never"));
			client.send(StompFrame.of("SEND", "destination:" + destination, header, "transaction:t"));
			client.send("COMMIT", "transaction:t");
			assertThat(client.expect("ERROR").header("code")).isEqualTo(code);
			listener.expectNothing();
		}
		assertThat(refused.count()).isEqualTo(before + 1);
	}

	@Test
	void commandsWhenHeldThenTheyTakeEffectAtCommitAsAnySendDoes() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/tx").sendAndWait("BEGIN", "transaction:t");
			client.sendAndWait("SEND", "destination:/app/ping", "transaction:t");
			client.sendAndWait("SEND", "destination:/app/auth", "transaction:t",
					"Authorization:Bearer " + gateway.token("ann"));
			client.send(held("/topic/tx", "t").body("with them")).send("COMMIT", "transaction:t", "receipt:committed");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("with them");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("committed");
		}
	}

	@Test
	void commitWhenACommandLacksItsCredentialThenNoneTakesEffect() {
		try (StompClient client = gateway.connect("ann"); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("a", "/topic/tx");
			client.sendAndWait("BEGIN", "transaction:t").send(held("/topic/tx", "t").body("never"));
			client.sendAndWait("SEND", "destination:/app/auth", "transaction:t").send("COMMIT", "transaction:t");
			assertThat(client.expectError("bad_frame", 4500).header("message")).contains("/app/auth");
			listener.expectNothing();
		}
	}

	@Test
	void commitWhenOneAcknowledgementIsUnknownThenNoSendTakesEffect() {
		try (StompClient client = gateway.connect("ann"); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("a", "/topic/tx");
			client.sendAndWait("BEGIN", "transaction:t");
			client.send(held("/topic/tx", "t").body("first")).send("ACK", "id:0.unknown", "transaction:t");
			client.send("COMMIT", "transaction:t");
			client.expectError("bad_frame", 4500);
			listener.expectNothing();
		}
	}

	/** One that is unknown, and one that another of the same transaction has named. */
	@ParameterizedTest
	@ValueSource(strings = { "ACK,1.unknown", "NACK,again", "ACK,again" })
	void commitWhenOneAcknowledgementIsUnknownThenNoOtherCounts(String bad) {
		String queue = "/queue/tx-" + UUID.randomUUID();
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", queue, "ack:client-individual").publish(queue, "kept").publish(queue, "too");
			String ack = client.expect("MESSAGE").header("ack");
			client.expect("MESSAGE");
			client.sendAndWait("BEGIN", "transaction:t").send("ACK", "id:" + ack, "transaction:t");
			String[] second = bad.split(",");
			client.send(second[0], "id:" + second[1].replace("again", ack), "transaction:t");
			client.send("COMMIT", "transaction:t").expectError("bad_frame", 4500);
		}
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", queue);
			StompFrame first = client.expect("MESSAGE");
			assertThat(first.text()).isEqualTo("kept");
			assertThat(first.header("redelivered")).isEqualTo("true");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("too");
		}
	}

	@Test
	void acknowledgementWhenAbortedThenTheMessageIsStillUnacknowledged() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/tx.ack", "ack:client-individual").publish("/topic/tx.ack", "1");
			String ack = client.expect("MESSAGE").header("ack");
			client.sendAndWait("BEGIN", "transaction:t").sendAndWait("ACK", "id:" + ack, "transaction:t");
			client.sendAndWait("ABORT", "transaction:t").sendAndWait("BEGIN", "transaction:t");
			client.sendAndWait("ACK", "id:" + ack, "transaction:t").sendAndWait("COMMIT", "transaction:t");
			client.send("ACK", "id:" + ack).expectError("bad_frame", 4500);
		}
	}

	@Test
	void transactionsWhenTooManyAreOpenThenTheNextIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			for (int i = 0; i < Transactions.MOST; i++) {
				client.sendAndWait("BEGIN", "transaction:" + i);
			}
			client.sendAndWait("ABORT", "transaction:0").sendAndWait("BEGIN", "transaction:0");
			client.send("BEGIN", "transaction:more").expectError("too_large", 4506);
		}
	}

	@Test
	void transactionWhenItHoldsTooManyFramesThenTheNextIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			client.sendAndWait("BEGIN", "transaction:t");
			for (int i = 0; i < Transactions.MOST_FRAMES; i++) {
				client.send(held("/topic/tx", "t"));
			}
			client.expectNothing().send(held("/topic/tx", "t")).expectError("too_large", 4506);
		}
	}

	@Test
	void transactionsWhenTheyHoldTooManyBytesThenTheNextIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			client.sendAndWait("BEGIN", "transaction:t").sendAndWait("BEGIN", "transaction:u");
			String large = "x".repeat(60_000);
			for (int i = 0; i < Transactions.MOST_BYTES / 61_000; i++) {
				client.send(held("/topic/tx", (i % 2 == 0) ? "t" : "u").body(large));
			}
			client.expectNothing();
			client.sendAndWait("ABORT", "transaction:t").sendAndWait("BEGIN", "transaction:t");
			for (int i = 0; i < 10; i++) {
				client.send(held("/topic/tx", "t").body(large));
			}
			client.expectErrorAfterMessages("too_large", 4506);
		}
	}

}
