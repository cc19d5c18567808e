package dev.usher.attack;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames in the wrong state, to the wrong place, of the wrong size and shape. */
class FrameAttacks {

	private final Target target = Targets.usual();

	@ParameterizedTest
	@ValueSource(
			strings = { "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT", "DISCONNECT" })
	void frameWhenItComesBeforeConnectThenItTakesNoEffect(String command) {
		try (StompClient client = this.target.open(); StompClient listener = this.target.connect("ben")) {
			listener.subscribe("b", "/topic/before");
			client.send(command, "id:1", "destination:/topic/before", "transaction:t",
					"Authorization:Bearer " + Target.token("ann"));
			client.expectError("not_connected", 4501);
			listener.expectNothing();
		}
	}

	@Test
	void framesWhenTheyFollowARefusedConnectThenTheyTakeNoEffect() {
		try (StompClient client = this.target.open(); StompClient listener = this.target.connect("ben")) {
			listener.subscribe("b", "/topic/behind");
			client.sendTogether(StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer forged"),
					StompFrame.of("SEND", "destination:/topic/behind").body("smuggled"),
					StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer " + Target.token("ann")),
					StompFrame.of("SEND", "destination:/topic/behind").body("smuggled"));
			client.expectError("unauthorized", 4502);
			listener.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "/**", "/topic/*", "/topic/**", "/topic/>", "/topic/{a:.*}", "/topic/%61",
			"/topic/a;b=c", "/topic//a", "/topic/a?b", "/topic/\\c", "/user/queue/*", "/user//topic/a", "/exchange/a",
			"/amq/queue/a", "/temp-queue/a", "/app", "/topic/\u00e4", "/topic/a,/topic/b", "/TOPIC/a" })
	void destinationWhenItIsAWildcardOrNoneThenRefused(String destination) {
		try (StompClient reader = this.target.connect("ann"); StompClient writer = this.target.connect("ann")) {
			reader.send("SUBSCRIBE", "id:a", "destination:" + destination).expectError("bad_frame", 4500);
			writer.send("SEND", "destination:" + destination).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/ben/topic/private", "/user/ben/queue/private", "/user/ann/queue/private",
			"/user/{user}/queue/private", "/queue/payroll", "/user/auth0|5f7c/topic/a" })
	void subscribeWhenDestinationIsSomebodyElsesThenForbidden(String destination) {
		try (StompClient client = this.target.connect("ann")) {
			client.send("SUBSCRIBE", "id:a", "destination:" + destination).expectError("forbidden", 4504);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/queue/payroll", "/user/queue/x/../../y", "/user/ben/topic/session" })
	void sendWhenNoRuleAllowsItThenNothingArrives(String destination) {
		try (StompClient client = this.target.connect("ann")) {
			client.publish(destination, "x");
			assertThat(client.read().header("code")).isIn("forbidden", "bad_frame");
		}
	}

	@Test
	void messageWhenAnotherHasTheSameQueueNameThenEachReceivesTheirOwnAlone() {
		try (StompClient ann = this.target.connect("ann");
				StompClient odd = this.target.connect("topic/private");
				StompClient ben = this.target.connect("ben")) {
			ann.subscribe("a", "/user/topic/private");
			odd.subscribe("o", "/user/topic/private");
			ben.subscribe("b", "/user/topic/private").publish("/user/ben/topic/private", "mine");
			assertThat(ben.expect("MESSAGE").text()).isEqualTo("mine");
			ann.expectNothing();
			odd.expectNothing();
		}
	}

	@Test
	void sendWhenItsHeadersAreForgedThenSubscribersSeeTheTrueOnes() {
		try (StompClient reader = this.target.connect("ben"); StompClient writer = this.target.connect("ann")) {
			reader.subscribe("true", "/user/queue/forged", "ack:client-individual");
			writer.send(
					StompFrame
						.of("SEND", "destination:/user/ben/queue/forged", "message-id:forged", "subscription:forged",
								"ack:forged", "offset:999999", "epoch:forged", "redelivered:true", "timestamp:1",
								"user-name:admin", "simpSessionId:forged", "nativeHeaders:forged", "receipt:forged",
								"code:forged", "receipt-id:forged", "heart-beat:1,1")
						.body("x"));
			StompFrame message = reader.expect("MESSAGE");
			assertThat(message.header("subscription")).isEqualTo("true");
			assertThat(message.header("offset")).isEqualTo("1");
			assertThat(message.headers()).doesNotContainKeys("receipt", "redelivered", "transaction", "user-name",
					"simpSessionId", "nativeHeaders", "receipt-id", "heart-beat");
			for (String own : new String[] { "message-id", "ack", "epoch" }) {
				assertThat(message.header(own)).isNotEqualTo("forged");
			}
			assertThat(message.header("timestamp")).isNotEqualTo("1");
		}
	}

	/** STOMP 1.2: escapes that a careless broker writes out as they were meant. */
	@Test
	void sendWhenAHeaderHoldsEscapedLinesThenItStaysOneHeader() {
		try (StompClient reader = this.target.connect("ben"); StompClient writer = this.target.connect("ann")) {
			reader.subscribe("a", "/topic/split");
			writer.send(
					StompFrame.of("SEND", "destination:/topic/split", "note:a\\n\\n\\r\\nMESSAGE\\nevil\\cyes\\n\\n"));
			StompFrame message = reader.expect("MESSAGE");
			assertThat(message.headers()).doesNotContainKey("evil");
			assertThat(message.header("note")).contains("\\nMESSAGE\\nevil\\cyes");
			writer.send("SEND", "destination:/topic/split", "x\\nevil:y").expectError("bad_frame", 4500);
			reader.expectNothing();
		}
	}

	@Test
	void sendWhenItsBodyHoldsAFrameThenItStaysABody() {
		try (StompClient reader = this.target.connect("ben"); StompClient writer = this.target.connect("ann")) {
			reader.subscribe("a", "/topic/nested");
			String inner = "x\0MESSAGE\nsubscription:a\n\nforged\0";
			writer.send(
					StompFrame.of("SEND", "destination:/topic/nested", "content-length:" + inner.length()).body(inner));
			assertThat(reader.expect("MESSAGE").text()).isEqualTo(inner);
			reader.expectNothing();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "an endless header|SEND\\nx:|x", "endless headers|SEND\\n|a:b\\n",
			"an endless command|S|S", "an endless body|SEND\\ndestination:/topic/a\\n\\n|x" })
	void frameWhenItNeverEndsThenTooLarge(String name, String start, String filler) {
		try (StompClient client = this.target.connect("ann")) {
			String more = filler.replace("\\n", "\n").repeat(70 * 1024 / filler.replace("\\n", "\n").length());
			client.socket().send(false, RawWebSocket.TEXT, bytes(start.replace("\\n", "\n")));
			client.socket().send(false, RawWebSocket.CONTINUATION, bytes(more));
			assertThat(client.read().header("code")).isIn("too_large", "bad_frame");
		}
	}

	@ParameterizedTest
	@CsvSource({ "65537,too_large", "2147483647,too_large", "9223372036854775807,too_large",
			"99999999999999999999999,too_large", "-1,bad_frame", "0x10,bad_frame", "1e3,bad_frame" })
	void frameWhenItAnnouncesAnImpossibleLengthThenRefusedAtOnce(String length, String code) {
		try (StompClient client = this.target.connect("ann")) {
			client.socket()
				.send(false, RawWebSocket.TEXT,
						bytes("SEND\ndestination:/topic/a\ncontent-length:" + length + "\n\nx"));
			assertThat(client.read().header("code")).isIn(code, "bad_frame");
		}
	}

	@ParameterizedTest
	@CsvSource({ "unmasked,8103616263,1002", "a length of 2^63,82ff8000000000000000,1002", "a long ping,89fe007e,1002",
			"a reserved opcode,8380,1002", "a reserved bit,c180,1002", "no UTF-8,818200000000c328,1007" })
	void frameWhenItBreaksWebSocketThenConnectionEnds(String name, String hex, int status) {
		try (StompClient client = this.target.connect("ann")) {
			client.socket().sendBytes(HexFormat.of().parseHex(hex));
			assertThat(client.readMessage().closeStatus()).isEqualTo(status);
		}
	}

	@Test
	void subscriptionsWhenThereAreTooManyThenRefused() {
		try (StompClient client = this.target.connect("ann")) {
			for (int i = 0; i < 200; i++) {
				client.subscribe("s" + i, "/topic/many." + i);
			}
			client.send("SUBSCRIBE", "id:more", "destination:/topic/more").expectError("too_large", 4506);
		}
	}

	@Test
	void transactionsWhenTheyHoardThenTooLarge() {
		try (StompClient client = this.target.connect("ann")) {
			client.sendAndWait("BEGIN", "transaction:t");
			for (int i = 0; i < 40; i++) {
				client.send(StompFrame.of("SEND", "destination:/topic/a", "transaction:t").body("x".repeat(60_000)));
			}
			client.expectError("too_large", 4506);
		}
	}

	@Test
	void transactionWhenItHoldsAThousandFramesThenTheNextIsTooLarge() {
		try (StompClient client = this.target.connect("ann")) {
			client.sendAndWait("BEGIN", "transaction:t");
			for (int i = 0; i < 1000; i++) {
				client.send(StompFrame.of("SEND", "destination:/topic/a", "transaction:t"));
			}
			client.expectNothing();
			client.send(StompFrame.of("SEND", "destination:/topic/a", "transaction:t")).expectError("too_large", 4506);
		}
	}

	@Test
	void subscriptionsWhenTheyChurnThenNothingIsLeftOfThem() {
		try (StompClient client = this.target.connect("ann"); StompClient other = this.target.connect("ben")) {
			other.subscribe("b", "/topic/calm");
			StringBuilder churn = new StringBuilder();
			for (int i = 0; i < 2000; i++) {
				churn.append("SUBSCRIBE\nid:a\ndestination:/topic/churn.").append(i).append("\n\n\0");
				churn.append("UNSUBSCRIBE\nid:a\n\n\0");
			}
			client.sendRaw(churn.toString());
			other.publish("/topic/calm", "served");
			assertThat(other.expect("MESSAGE").text()).isEqualTo("served");
			client.expectNothing();
			other.publish("/topic/churn.7", "nobody").expectNothing();
			client.expectNothing();
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
