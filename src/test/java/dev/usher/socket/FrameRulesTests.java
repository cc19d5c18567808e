package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** How frames travel: bytes, lines, escapes, receipts, in each version. */
class FrameRulesTests {

	private static final TestGateway gateway = SharedGateway.get();

	private static StompClient connect(String version) {
		return gateway.connect("ann", "accept-version:" + version);
	}

	static Stream<String> versions() {
		return Stream.of("1.0", "1.1", "1.2");
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@MethodSource("versions")
	void receiptWhenAnyClientFrameAsksThenItComes(String version) {
		try (StompClient client = connect(version)) {
			client.subscribe("a", "/topic/receipts", "ack:client-individual");
			client.sendAndWait("BEGIN", "transaction:t");
			client.sendAndWait("SEND", "destination:/topic/receipts", "transaction:t");
			client.sendAndWait("ABORT", "transaction:t");
			client.sendAndWait("BEGIN", "transaction:t");
			client.sendAndWait("COMMIT", "transaction:t");
			client.publish("/topic/receipts", "1").publish("/topic/receipts", "2");
			acknowledge(client, "ACK", version, client.expect("MESSAGE"), client.expect("MESSAGE"));
			client.sendAndWait("UNSUBSCRIBE", "id:a");
			client.sendAndWait("DISCONNECT");
			client.expectClose(1000, "");
		}
	}

	private static void acknowledge(StompClient client, String command, String version, StompFrame... messages) {
		for (StompFrame message : messages) {
			String id = ("1.2".equals(version)) ? "id:" + message.header("ack")
					: "message-id:" + message.header("message-id");
			client.sendAndWait(command, id, "subscription:a");
		}
	}

	@Test
	void receiptWhenItsIdHasEscapesThenItComesBackAsItWas() {
		try (StompClient client = connect("1.2")) {
			client.send("SEND", "destination:/topic/a", "receipt:a\\cb\\nc\\\\d\\r");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("a\\cb\\nc\\\\d\\r");
		}
	}

	@Test
	void headersWhenReadersSpeakOtherVersionsThenEachGetsItsOwnEscapes() {
		try (StompClient sender = connect("1.2"); StompClient one = connect("1.1"); StompClient zero = connect("1.0")) {
			sender.subscribe("a", "/topic/escapes");
			one.subscribe("b", "/topic/escapes");
			zero.subscribe("c", "/topic/escapes");
			sender.send("SEND", "destination:/topic/escapes", "plain:\\c\\n\\\\", "cr:a\\rb");
			StompFrame same = sender.expect("MESSAGE");
			assertThat(same.headers()).containsEntry("plain", "\\c\\n\\\\").containsEntry("cr", "a\\rb");
			assertThat(one.expect("MESSAGE").headers()).containsEntry("plain", "\\c\\n\\\\").containsEntry("cr", "a?b");
			// What 1.0 cannot say must not become a header of its own.
			StompFrame old = zero.expect("MESSAGE");
			assertThat(old.headers()).containsEntry("plain", ":?\\").containsEntry("cr", "a?b");
		}
	}

	@Test
	void headersWhenVersionHasNoEscapesThenBackslashesAreThemselves() {
		try (StompClient zero = connect("1.0"); StompClient two = connect("1.2")) {
			two.subscribe("a", "/topic/literal");
			zero.send("SEND", "destination:/topic/literal", "path:C:\\new\\table");
			assertThat(two.expect("MESSAGE").header("path")).isEqualTo("C\\c\\\\new\\\\table");
		}
	}

	@Test
	void connectedWhenUserNameHasColonAndBackslashThenItIsLiteral() {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("idp|a:b\\c"));
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("idp|a:b\\c");
		}
	}

	@Test
	void linesWhenTheyEndInCarriageReturnsThenVersion12ReadsThem() {
		try (StompClient client = gateway.open()) {
			client.sendRaw("CONNECT\r\naccept-version:1.2\r\nAuthorization:Bearer " + gateway.token("ann")
					+ "\r\n\r\n\0\r\n\r\n");
			client.expect("CONNECTED");
			client.sendRaw("SUBSCRIBE\r\nid:a\r\ndestination:/topic/crlf\r\nreceipt:1\r\n\r\n\0\r\n");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("1");
			client.sendRaw("SEND\r\ndestination:/topic/crlf\r\n\r\nline\r\nline\0");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("line\r\nline");
		}
	}

	@ParameterizedTest
	@MethodSource("versions")
	void framesWhenEmptyLinesSurroundThemThenTheyAreRead(String version) {
		try (StompClient client = connect(version)) {
			client.sendRaw("\n\n\nSEND\ndestination:/topic/a\nreceipt:1\n\n\0\n\n\n");
			client.sendRaw("\n").sendRaw("SEND\ndestination:/topic/a\nreceipt:2\n\n\0");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("1");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("2");
		}
	}

	@ParameterizedTest
	@MethodSource("versions")
	void headersWhenRepeatedThenTheFirstCounts(String version) {
		try (StompClient client = connect(version)) {
			client.subscribe("a", "/topic/first").subscribe("b", "/topic/second");
			client.sendRaw("SEND\ndestination:/topic/first\ndestination:/topic/second\nown:1\nown:2\n\n\0");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.header("subscription")).isEqualTo("a");
			assertThat(message.header("own")).isEqualTo("1");
			client.expectNothing();
		}
	}

	@ParameterizedTest
	@MethodSource("versions")
	void bodyWhenItHoldsNulsThenContentLengthKeepsThem(String version) {
		try (StompClient client = connect(version)) {
			client.subscribe("a", "/topic/nul");
			client.sendRaw("SEND\ndestination:/topic/nul\ncontent-length:5\n\na\0b\0c\0");
			client.sendRaw("SEND\ndestination:/topic/nul\n\nuntil the first\0");
			client.sendRaw("SEND\ndestination:/topic/nul\ncontent-length:0\n\n\0");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("a\0b\0c");
			assertThat(message.header("content-length")).isEqualTo("5");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("until the first");
			assertThat(client.expect("MESSAGE").body()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("versions")
	void bodyWhenItIsNotUtf8ThenItLeavesAsABinaryMessage(String version) {
		byte[] octets = new byte[256];
		for (int i = 0; i < octets.length; i++) {
			octets[i] = (byte) i;
		}
		try (StompClient client = connect(version)) {
			client.subscribe("a", "/topic/octets");
			StompFrame send = new StompFrame("SEND",
					StompClient.headers("destination:/topic/octets", "content-length:256"), octets);
			client.socket().send(true, RawWebSocket.BINARY, send.bytes());
			Frame received = client.readMessage();
			assertThat(received.opcode()).isEqualTo(RawWebSocket.BINARY);
			assertThat(StompFrame.parse(received.payload()).body()).isEqualTo(octets);
			client.socket().send(true, RawWebSocket.BINARY, StompFrame.of("SEND", "destination:/topic/octets").bytes());
			assertThat(client.readMessage().opcode()).isEqualTo(RawWebSocket.TEXT);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 7, 64 })
	void framesWhenCutAnywhereThenTheyAreTheSame(int piece) {
		try (StompClient client = connect("1.2")) {
			String bytes = "SUBSCRIBE\nid:a\ndestination:/topic/cut\n\n\0\nSEND\ndestination:/topic/cut\n"
					+ "content-length:4\n\na\0bc\0SEND\r\ndestination:/topic/cut\r\n\r\nsecond\0";
			byte[] all = utf8(bytes);
			for (int at = 0; at < all.length; at += piece) {
				byte[] part = java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + piece));
				client.socket().send(true, (at % 2 == 0) ? RawWebSocket.TEXT : RawWebSocket.BINARY, part);
			}
			assertThat(client.expect("MESSAGE").text()).isEqualTo("a\0bc");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("second");
		}
	}

	@Test
	void framesWhenManyShareAMessageThenTheyTakeEffectInOrder() {
		try (StompClient client = connect("1.2")) {
			StringBuilder all = new StringBuilder("SUBSCRIBE\nid:a\ndestination:/topic/joined\n\n\0");
			for (int i = 0; i < 200; i++) {
				all.append("SEND\ndestination:/topic/joined\nreceipt:").append(i).append("\n\n").append(i).append('\0');
			}
			all.append("UNSUBSCRIBE\nid:a\n\n\0SEND\ndestination:/topic/joined\n\nunheard\0");
			client.sendRaw(all.toString());
			for (int i = 0; i < 200; i++) {
				assertThat(client.expect("MESSAGE").text()).isEqualTo("" + i);
				assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("" + i);
			}
			client.expectNothing();
		}
	}

	@Test
	void messageWhenSenderSetsHeadersOfTheProtocolThenNoneReachesASubscriber() {
		List<String> owned = List.of("receipt", "ack", "message-id", "subscription", "user-name", "offset", "epoch",
				"timestamp", "redelivered", "recovered", "simpSessionId", "simpUser", "nativeHeaders", "receipt-id",
				"login", "passcode", "Cookie", "heart-beat", "session", "cookie", "X-XSRF-TOKEN", "durable");
		try (StompClient client = connect("1.2")) {
			client.subscribe("a", "/topic/owned").sendAndWait("BEGIN", "transaction:spoofed");
			StompFrame send = StompFrame.of("SEND", "destination:/topic/owned", "transaction:spoofed",
					"content-type:text/plain", "mine:yes", "Authorization:Bearer " + gateway.token("ann"));
			owned.forEach((name) -> send.headers().putIfAbsent(name, "spoofed"));
			client.send(send);
			client.expect("RECEIPT");
			client.send("COMMIT", "transaction:spoofed");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.headers()).containsOnlyKeys("subscription", "destination", "message-id", "content-type",
					"content-length", "sender", "mine");
			assertThat(message.headers().values()).doesNotContain("spoofed");
			assertThat(message.header("message-id")).matches("[^ :]+");
		}
	}

	@ParameterizedTest
	@MethodSource("versions")
	void disconnectWhenNoReceiptIsAskedThenTheCloseIsNormal(String version) {
		try (StompClient client = connect(version)) {
			client.send("DISCONNECT").expectClose(1000, "");
			client.answerClose();
			assertThat(client.socket().isCut()).isTrue();
		}
	}

	@Test
	void disconnectWhenFramesFollowThenTheyAreIgnored() {
		try (StompClient ann = connect("1.2"); StompClient ben = connect("1.2")) {
			ben.subscribe("b", "/topic/after");
			ann.sendTogether(StompFrame.of("SEND", "destination:/topic/after").body("before"),
					StompFrame.of("DISCONNECT", "receipt:bye"),
					StompFrame.of("SEND", "destination:/topic/after").body("after"));
			assertThat(ann.expect("RECEIPT").header("receipt-id")).isEqualTo("bye");
			ann.expectClose(1000, "");
			assertThat(ben.expect("MESSAGE").text()).isEqualTo("before");
			ben.expectNothing();
		}
	}

	/**
	 * A client that hears the RECEIPT of DISCONNECT knows that all before it was taken.
	 */
	@Test
	void disconnectWhenAStoredMessageIsOnItsWayToTheDiskThenItsReceiptComesFirst() {
		for (int i = 0; i < 20; i++) {
			try (StompClient client = connect("1.2")) {
				client.sendTogether(
						StompFrame.of("SEND", "destination:/user/ann/queue/last", "receipt:sent").body("last words"),
						StompFrame.of("DISCONNECT", "receipt:bye"));
				assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("sent");
				assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("bye");
				client.expectClose(1000, "");
			}
		}
	}

	@Test
	void subscribeWhenVersion10GivesNoIdThenDestinationNamesIt() {
		try (StompClient client = connect("1.0")) {
			client.sendAndWait("SUBSCRIBE", "destination:/topic/nameless");
			client.publish("/topic/nameless", "hello");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.headers()).doesNotContainKey("subscription")
				.containsEntry("destination", "/topic/nameless");
			client.sendAndWait("UNSUBSCRIBE", "destination:/topic/nameless");
			client.publish("/topic/nameless", "nobody").expectNothing();
		}
	}

	@Test
	void subscriptionWhenUnsubscribedThenItsIdIsFreeAgain() {
		try (StompClient client = connect("1.2")) {
			for (int i = 0; i < 300; i++) {
				client.subscribe("a", "/topic/churn." + i).sendAndWait("UNSUBSCRIBE", "id:a");
			}
			client.subscribe("a", "/topic/churn").publish("/topic/churn", "still here");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("still here");
		}
	}

}
