package dev.usher.socket;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client may not send, rule by rule and version by version: each is answered by an
 * ERROR that names the receipt, then by the close.
 */
class ProtocolRulesTests {

	private static final TestGateway gateway = SharedGateway.get();

	/** A frame is written in one line: command and headers with blanks between. */
	private record Rule(String name, String versions, String code, int close, List<String> frames) {

		static Rule bad(String versions, String name, String... frames) {
			return new Rule(name, versions, "bad_frame", 4500, Arrays.asList(frames));
		}

		Stream<Arguments> arguments() {
			return Stream.of(this.versions.split(" ")).map((version) -> Arguments.of(version, this.name, this));
		}

		@Override
		public String toString() {
			return this.code;
		}

	}

	static Stream<Arguments> refusedFrames() {
		String all = "1.0 1.1 1.2";
		return Stream.of(Rule.bad(all, "SUBSCRIBE without destination", "SUBSCRIBE id:1"),
				Rule.bad("1.1 1.2", "SUBSCRIBE without id", "SUBSCRIBE destination:/topic/a"),
				Rule.bad(all, "SUBSCRIBE with an id in use", "SUBSCRIBE id:1 destination:/topic/a",
						"SUBSCRIBE id:1 destination:/topic/b"),
				Rule.bad("1.0", "SUBSCRIBE twice to a destination without ids", "SUBSCRIBE destination:/topic/a",
						"SUBSCRIBE destination:/topic/a"),
				Rule.bad(all, "SUBSCRIBE with an unknown ack mode",
						"SUBSCRIBE id:1 destination:/topic/a ack:sometimes"),
				Rule.bad(all, "SUBSCRIBE with an ack mode in capitals", "SUBSCRIBE id:1 destination:/topic/a ack:AUTO"),
				Rule.bad(all, "SUBSCRIBE with a header of another case", "SUBSCRIBE id:1 Destination:/topic/a"),
				Rule.bad(all, "UNSUBSCRIBE without id", "UNSUBSCRIBE"),
				Rule.bad(all, "UNSUBSCRIBE of an unknown id", "UNSUBSCRIBE id:1"),
				Rule.bad("1.1 1.2", "UNSUBSCRIBE by destination", "SUBSCRIBE id:1 destination:/topic/a",
						"UNSUBSCRIBE destination:/topic/a"),
				Rule.bad(all, "UNSUBSCRIBE twice", "SUBSCRIBE id:1 destination:/topic/a", "UNSUBSCRIBE id:1",
						"UNSUBSCRIBE id:1"),
				Rule.bad(all, "ACK without id", "ACK"), Rule.bad(all, "NACK without id", "NACK"),
				Rule.bad("1.2", "ACK of an unknown id", "ACK id:0.x"),
				Rule.bad("1.2", "ACK of an id that is no number", "ACK id:x.y"),
				Rule.bad("1.2", "ACK of an id with no message", "ACK id:1"), Rule.bad("1.2", "NACK of an unknown id",
						"SUBSCRIBE id:1 destination:/topic/a ack:client", "NACK id:0.x"),
				Rule.bad("1.1", "ACK without subscription", "ACK message-id:x"),
				Rule.bad("1.1", "ACK without message-id", "SUBSCRIBE id:1 destination:/topic/a ack:client",
						"ACK subscription:1"),
				Rule.bad("1.1", "ACK of an unknown subscription", "ACK subscription:1 message-id:x"),
				Rule.bad("1.1", "NACK of an unknown message", "SUBSCRIBE id:1 destination:/topic/a ack:client",
						"NACK subscription:1 message-id:x"),
				Rule.bad("1.0", "ACK of an unknown message", "ACK message-id:x"),
				Rule.bad(all, "BEGIN without transaction", "BEGIN"),
				Rule.bad(all, "COMMIT without transaction", "COMMIT"),
				Rule.bad(all, "ABORT without transaction", "ABORT"),
				Rule.bad(all, "BEGIN of an open transaction", "BEGIN transaction:t", "BEGIN transaction:t"),
				Rule.bad(all, "COMMIT of an unknown transaction", "COMMIT transaction:t"),
				Rule.bad(all, "ABORT of an unknown transaction", "ABORT transaction:t"),
				Rule.bad(all, "COMMIT twice", "BEGIN transaction:t", "COMMIT transaction:t", "COMMIT transaction:t"),
				Rule.bad(all, "SEND without destination", "SEND"),
				Rule.bad(all, "SEND in an unknown transaction", "SEND destination:/topic/a transaction:t"),
				Rule.bad(all, "ACK in an unknown transaction", "ACK id:0.1 message-id:1 transaction:t"),
				Rule.bad(all, "CONNECT twice", "CONNECT accept-version:1.2"),
				Rule.bad(all, "STOMP after CONNECT", "STOMP accept-version:1.2"),
				new Rule("SUBSCRIBE where no rule allows it", all, "forbidden", 4504,
						List.of("SUBSCRIBE id:1 destination:/queue/secret")),
				new Rule("SEND where no rule allows it", all, "forbidden", 4504,
						List.of("SEND destination:/queue/secret")))
			.flatMap(Rule::arguments);
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("refusedFrames")
	void frameWhenARuleForbidsItThenErrorNamesItsReceiptBeforeTheClose(String version, String name, Rule rule) {
		String token = gateway.token("ann", java.time.Duration.ofMinutes(5),
				java.util.Map.of("roles", List.of("service")));
		try (StompClient client = StompClient.connect(gateway.port(), token, "accept-version:" + version)) {
			int last = rule.frames().size() - 1;
			rule.frames().subList(0, last).forEach((frame) -> client.receipt(frame(frame)));
			StompFrame refused = frame(rule.frames().get(last));
			refused.headers().put("receipt", "the-last");
			client.send(refused);
			StompFrame error = client.expectError(rule.code(), rule.close());
			assertThat(error.header("receipt-id")).isEqualTo("the-last");
			assertThat(error.header("retry")).isEqualTo("no");
			assertThat(error.header("message")).isNotBlank().doesNotContain("dev.usher", "Exception");
		}
	}

	private static StompFrame frame(String line) {
		String[] words = line.split(" ");
		return StompFrame.of(words[0], Arrays.copyOfRange(words, 1, words.length));
	}

	static Stream<Arguments> brokenBytes() {
		String all = "1.0 1.1 1.2";
		String send = "SEND\ndestination:/topic/a\n";
		return Stream
			.of(Rule.bad("1.1 1.2", "an escape nobody defined", send + "a:\\t\n\n\0"),
					Rule.bad("1.1", "the escape of CR", send + "a:\\r\n\n\0"),
					Rule.bad("1.1 1.2", "an escape cut short", send + "a:b\\\n\n\0"),
					Rule.bad(all, "a command in small letters", "send\ndestination:/topic/a\n\n\0"),
					Rule.bad(all, "an unknown command", "NOISE\n\n\0"),
					Rule.bad(all, "a command of the server", "MESSAGE\ndestination:/topic/a\n\n\0"),
					Rule.bad("1.0 1.1", "lines that end in CR LF", "SEND\r\ndestination:/topic/a\r\n\r\n\0"),
					Rule.bad("1.2", "a CR in a line", send + "a:b\rc\n\n\0"),
					Rule.bad(all, "a header without colon", send + "nonsense\n\n\0"),
					Rule.bad(all, "a header without name", send + ":value\n\n\0"),
					Rule.bad(all, "a NUL among the headers", send + "a:b\0c\n\n\0"),
					Rule.bad(all, "a content-length in words", send + "content-length:two\n\nhi\0"),
					Rule.bad(all, "a negative content-length", send + "content-length:-1\n\nhi\0"),
					Rule.bad(all, "a content-length with a sign", send + "content-length:+2\n\nhi\0"),
					Rule.bad(all, "an empty content-length", send + "content-length:\n\nhi\0"),
					Rule.bad(all, "a content-length too short", send + "content-length:1\n\nhi\0"),
					Rule.bad(all, "a body where none may be", "SUBSCRIBE\nid:1\ndestination:/topic/a\n\nhi\0"),
					new Rule("a content-length over the limit", all, "too_large", 4506,
							List.of(send + "content-length:99999999999999999999\n\n")),
					new Rule("an endless header", all, "too_large", 4506, List.of(send + "a:" + "x".repeat(5000))),
					new Rule("65 headers", all, "too_large", 4506, List.of(send + "a:b\n".repeat(64) + "\n\0")),
					new Rule("an endless body", all, "too_large", 4506, List.of(send + "\n" + "x".repeat(70_000))))
			.flatMap(Rule::arguments);
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("brokenBytes")
	void bytesWhenTheyAreNoFrameThenErrorComesBeforeTheClose(String version, String name, Rule rule) {
		try (StompClient client = gateway.connect("ann", "accept-version:" + version)) {
			client.sendRaw(rule.frames().get(0)).expectError(rule.code(), rule.close());
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "|1.0", "1.0|1.0", "1.1|1.1", "1.2|1.2", "1.0,1.1,1.2|1.2", "1.2,1.0|1.2",
			"1.1,1.0|1.1", "1.0, 1.1|1.1", "2.0,1.1|1.1", "1.3,1.2,9|1.2" })
	void connectWhenItOffersVersionsThenTheHighestCommonOneIsSpoken(String offered, String spoken) {
		try (StompClient client = gateway.open()) {
			String[] headers = (offered != null) ? new String[] { "accept-version:" + offered } : new String[0];
			StompFrame connect = StompFrame.of("STOMP", headers);
			connect.headers().put("Authorization", "Bearer " + gateway.token("ann"));
			client.send(connect);
			assertThat(client.expect("CONNECTED").header("version")).isEqualTo(spoken);
		}
	}

	@ParameterizedTest
	@CsvSource({ "0.9", "1.3", "1", "''", "1.20", "12" })
	void connectWhenNoVersionIsCommonThenErrorNamesThoseSpokenHere(String offered) {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "accept-version:" + offered, "receipt:r");
			StompFrame error = client.expectError("bad_frame", 4500);
			assertThat(error.header("message")).contains("1.0", "1.1", "1.2");
			assertThat(error.header("version")).isEqualTo("1.0,1.1,1.2");
			assertThat(error.header("receipt-id")).isEqualTo("r");
		}
	}

	@Test
	void errorWhenItEndsAConnectionThenItAlwaysArrivesBeforeTheClose() {
		for (int i = 0; i < 200; i++) {
			try (StompClient client = gateway.connect("ann")) {
				// The broken frame has more behind it, which must not reset the
				// connection.
				client.subscribe("a", "/topic/loop");
				client.sendTogether(StompFrame.of("SEND", "destination:/topic/loop").body("x".repeat(1000)),
						StompFrame.of("UNSUBSCRIBE", "id:unknown", "receipt:" + i),
						StompFrame.of("SEND", "destination:/topic/loop").body("x".repeat(20_000)));
				client.expect("MESSAGE");
				assertThat(client.expectError("bad_frame", 4500).header("receipt-id")).isEqualTo("" + i);
			}
		}
	}

}
