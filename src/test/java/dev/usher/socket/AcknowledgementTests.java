package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** ACK and NACK of live messages: an unknown one is an error, and so is a second one. */
class AcknowledgementTests {

	private static final TestGateway gateway = SharedGateway.get();

	/** How this version names a message. */
	private static String[] named(String version, StompFrame message) {
		return switch (version) {
			case "1.2" -> new String[] { "id:" + message.header("ack") };
			case "1.1" -> new String[] { "message-id:" + message.header("message-id"), "subscription:a" };
			default -> new String[] { "message-id:" + message.header("message-id") };
		};
	}

	private static StompClient subscribed(String version, String mode) {
		return gateway.connect("ann", "accept-version:" + version)
			.subscribe("a", "/topic/ack", "ack:" + mode)
			.publish("/topic/ack", "1")
			.publish("/topic/ack", "2")
			.publish("/topic/ack", "3");
	}

	private static List<StompFrame> three(StompClient client) {
		List<StompFrame> messages = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			messages.add(client.expect("MESSAGE"));
		}
		return messages;
	}

	@ParameterizedTest
	@CsvSource({ "1.0,ACK", "1.1,ACK", "1.1,NACK", "1.2,ACK", "1.2,NACK" })
	void clientWhenOneIsAcknowledgedThenAllBeforeItAreToo(String version, String command) {
		try (StompClient client = subscribed(version, "client")) {
			List<StompFrame> messages = three(client);
			client.sendAndWait(command, named(version, messages.get(1)));
			client.sendAndWait(command, named(version, messages.get(2)));
			client.send(command, named(version, messages.get(0))).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@CsvSource({ "1.0,ACK", "1.1,ACK", "1.1,NACK", "1.2,ACK", "1.2,NACK" })
	void clientIndividualWhenOneIsAcknowledgedThenTheOthersAreNot(String version, String command) {
		try (StompClient client = subscribed(version, "client-individual")) {
			List<StompFrame> messages = three(client);
			client.sendAndWait(command, named(version, messages.get(1)));
			client.sendAndWait(command, named(version, messages.get(0)));
			client.sendAndWait(command, named(version, messages.get(2)));
			client.send(command, named(version, messages.get(1))).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "1.1", "1.2" })
	void autoWhenAcknowledgedThenItIsUnknown(String version) {
		try (StompClient client = subscribed(version, "auto")) {
			StompFrame message = three(client).get(0);
			assertThat(message.headers()).doesNotContainKey("ack");
			client.send("ACK", "id:0." + message.header("message-id"), "message-id:" + message.header("message-id"),
					"subscription:a");
			client.expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "1.1", "1.2" })
	void messageWhenSubscriptionAcknowledgesThenOnlyVersion12HasTheAckHeader(String version) {
		try (StompClient client = subscribed(version, "client")) {
			StompFrame message = three(client).get(0);
			if (version.equals("1.2")) {
				assertThat(message.header("ack")).matches("[^ :]+");
			}
			else {
				assertThat(message.headers()).doesNotContainKey("ack");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.1", "1.2" })
	void acknowledgementWhenSubscriptionIsGoneThenItIsUnknown(String version) {
		try (StompClient client = subscribed(version, "client")) {
			StompFrame message = three(client).get(0);
			client.sendAndWait("UNSUBSCRIBE", "id:a");
			client.subscribe("a", "/topic/ack", "ack:client");
			client.send("ACK", named(version, message)).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.1", "1.2" })
	void acknowledgementWhenAnotherConnectionSendsItThenItIsUnknown(String version) {
		try (StompClient client = subscribed(version, "client");
				StompClient other = gateway.connect("ann", "accept-version:" + version)) {
			StompFrame message = three(client).get(0);
			other.subscribe("a", "/topic/other", "ack:client");
			other.send("ACK", named(version, message)).expectError("bad_frame", 4500);
			client.sendAndWait("ACK", named(version, message));
		}
	}

}
