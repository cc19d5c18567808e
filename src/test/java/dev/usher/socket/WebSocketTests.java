package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 6455 from the first frame to the last, over a real socket. */
class WebSocketTests {

	private static final TestGateway gateway = SharedGateway.get();

	private static RawWebSocket open() {
		return RawWebSocket.open(gateway.port(), "/ws", Map.of());
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static void expectClose(RawWebSocket socket, int status) {
		Frame close = socket.read();
		assertThat(close.opcode()).isEqualTo(RawWebSocket.CLOSE);
		assertThat(close.closeStatus()).isEqualTo(status);
		socket.send(true, RawWebSocket.CLOSE, new byte[] { (byte) (status >> 8), (byte) status });
		// Sooner than a peer that does not answer is cut off.
		socket.patience(Duration.ofMillis(4500));
		assertThat(socket.isCut()).isTrue();
	}

	/** First bytes that are no frame of a client, as they are on the wire. */
	@ParameterizedTest
	@CsvSource({ "an unmasked frame,8103616263", "an unmasked close,8800", "RSV1 without an extension,c180",
			"RSV2,a180", "RSV3,9180", "RSV1 on a control frame,c980", "opcode 3,8380", "opcode 4,8480", "opcode 7,8780",
			"opcode 11,8b80", "opcode 15,8f80", "a fragmented ping,0980", "a fragmented close,0880",
			"a fragmented pong,0a80", "a long ping,89fe007e", "a long close,88fe007e", "a control of 64 bits,8aff",
			"a continuation of nothing,8080", "a length with its highest bit,82ff8000000000000000" })
	void frameWhenItBreaksTheProtocolThenTheCloseSays1002(String name, String hex) {
		try (RawWebSocket socket = open()) {
			expectClose(socket.sendBytes(HexFormat.of().parseHex(hex)), 1002);
		}
	}

	/** To close with bytes unread would reset the connection and take the frame along. */
	@Test
	void frameWhenMuchFollowsItAndItBreaksTheProtocolThenTheCloseIsReadAllTheSame() {
		byte[] unmasked = new byte[1024 * 1024];
		unmasked[0] = (byte) 0x81;
		for (int i = 0; i < 20; i++) {
			try (RawWebSocket socket = open()) {
				expectClose(socket.sendBytes(unmasked), 1002);
			}
		}
	}

	@Test
	void messageWhenItBeginsInsideAnotherThenTheCloseSays1002() {
		try (RawWebSocket socket = open()) {
			socket.send(false, RawWebSocket.TEXT, utf8("\n")).send(true, RawWebSocket.TEXT, utf8("\n"));
			expectClose(socket, 1002);
		}
		try (RawWebSocket socket = open()) {
			socket.send(false, RawWebSocket.BINARY, utf8("\n")).send(true, RawWebSocket.CONTINUATION, utf8("\n"));
			expectClose(socket.send(true, RawWebSocket.CONTINUATION, utf8("\n")), 1002);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 65535 })
	void closeWhenItsStatusMayNotBeSentThenTheAnswerIs1002(int status) {
		try (RawWebSocket socket = open()) {
			expectClose(socket.send(true, RawWebSocket.CLOSE, new byte[] { (byte) (status >> 8), (byte) status }),
					1002);
		}
	}

	@Test
	void closeWhenItHasOneByteThenTheAnswerIs1002() {
		try (RawWebSocket socket = open()) {
			expectClose(socket.send(true, RawWebSocket.CLOSE, new byte[] { 3 }), 1002);
		}
	}

	@Test
	void closeWhenItsReasonIsNotUtf8ThenTheAnswerIs1007() {
		try (RawWebSocket socket = open()) {
			expectClose(socket.send(true, RawWebSocket.CLOSE, new byte[] { 3, (byte) 0xe8, (byte) 0xc3 }), 1007);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999 })
	void closeWhenThePeerSendsItThenItsStatusComesBackAndTheConnectionEnds(int status) {
		try (RawWebSocket socket = open()) {
			byte[] payload = ("xxgoing away").getBytes(StandardCharsets.UTF_8);
			payload[0] = (byte) (status >> 8);
			payload[1] = (byte) status;
			assertThat(socket.send(true, RawWebSocket.CLOSE, payload).read().closeStatus()).isEqualTo(status);
			assertThat(socket.isCut()).isTrue();
		}
	}

	@Test
	void closeWhenItHasNoStatusThenTheAnswerHasNone() {
		try (RawWebSocket socket = open()) {
			Frame answer = socket.send(true, RawWebSocket.CLOSE, new byte[0]).read();
			assertThat(answer.opcode()).isEqualTo(RawWebSocket.CLOSE);
			assertThat(answer.payload()).isEmpty();
			assertThat(socket.isCut()).isTrue();
		}
	}

	@Test
	void framesWhenTheyFollowTheCloseThenTheyAreIgnored() {
		try (StompClient client = gateway.connect("ann"); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("b", "/topic/closed");
			byte[] close = RawWebSocket.frame(0x88, new byte[] { 3, (byte) 0xe8 });
			byte[] send = RawWebSocket.frame(0x81, StompFrame.of("SEND", "destination:/topic/closed").bytes());
			byte[] both = Arrays.copyOf(close, close.length + send.length);
			System.arraycopy(send, 0, both, close.length, send.length);
			client.socket().sendBytes(both);
			client.expectClose(1000, "");
			assertThat(client.socket().isCut()).isTrue();
			listener.expectNothing();
		}
	}

	@Test
	void pingWhenSentThenThePongHasItsPayload() {
		try (RawWebSocket socket = open()) {
			for (int length : new int[] { 0, 1, 7, 125 }) {
				byte[] payload = new byte[length];
				Arrays.fill(payload, (byte) length);
				Frame pong = socket.send(true, RawWebSocket.PING, payload).read();
				assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
				assertThat(pong.payload()).isEqualTo(payload);
			}
		}
	}

	@Test
	void pingWhenSentBetweenFragmentsThenItIsAnsweredAndTheMessageGoesOn() {
		try (StompClient client = gateway.connect("ann")) {
			RawWebSocket socket = client.socket();
			byte[] frame = StompFrame.of("SEND", "destination:/topic/a", "receipt:whole").bytes();
			socket.send(false, RawWebSocket.TEXT, Arrays.copyOf(frame, 10));
			assertThat(socket.send(true, RawWebSocket.PING, utf8("in between")).read().text()).isEqualTo("in between");
			socket.send(true, RawWebSocket.PONG, utf8("nobody asked"));
			socket.send(false, RawWebSocket.CONTINUATION, new byte[0]);
			socket.send(true, RawWebSocket.CONTINUATION, Arrays.copyOfRange(frame, 10, frame.length));
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("whole");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "c328", "ff", "c0af", "eda080", "f4908080", "e28c", "f09f98", "c3", "80" })
	void textWhenItIsNotUtf8ThenTheCloseSays1007(String hex) {
		try (RawWebSocket socket = open()) {
			expectClose(socket.send(true, RawWebSocket.TEXT, HexFormat.of().parseHex("0a0a" + hex)), 1007);
		}
	}

	@Test
	void textWhenACharacterIsCutBetweenFragmentsThenOnlyAWrongOneIsRefused() {
		byte[] frame = StompFrame.of("SEND", "destination:/topic/utf8", "receipt:ok")
			.body("a\u00e9\u20ac\ud83d\ude00")
			.bytes();
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/utf8");
			for (int i = 0; i < frame.length; i++) {
				client.socket()
					.send(i == frame.length - 1, (i == 0) ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION,
							new byte[] { frame[i] });
			}
			assertThat(client.expect("MESSAGE").text()).isEqualTo("a\u00e9\u20ac\ud83d\ude00");
			client.expect("RECEIPT");
			client.socket().send(false, RawWebSocket.TEXT, new byte[] { '\n', (byte) 0xe2, (byte) 0x82 });
			expectClose(client.socket().send(true, RawWebSocket.CONTINUATION, new byte[] { 'x' }), 1007);
		}
		try (RawWebSocket socket = open()) {
			socket.send(false, RawWebSocket.TEXT, new byte[] { '\n', (byte) 0xe2, (byte) 0x82 });
			expectClose(socket.send(true, RawWebSocket.CONTINUATION, new byte[0]), 1007);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 125, 126, 127, 65535, 65536, 65537, 70_000 })
	void messageWhenItsLengthNeedsMoreBytesThenItIsReadAllTheSame(int length) {
		// Longer than one frame of STOMP may be: two in one message.
		String head = "SEND\ndestination:/topic/a\nreceipt:r\n\n";
		int first = Math.max(0, Math.min(60_000, length - head.length() - 1));
		String message = head + "x".repeat(first) + "\0";
		message = message + "\n".repeat(Math.max(0, length - message.length()));
		try (StompClient client = gateway.connect("ann")) {
			client.sendRaw(message);
			client.expect("RECEIPT");
		}
	}

	@Test
	void messageWhenLargeThenItLeavesInOneFrame() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/large");
			for (int length : new int[] { 1, 100, 65_000 }) {
				client.publish("/topic/large", "y".repeat(length));
				Frame frame = client.readMessage();
				assertThat(frame.fin()).isTrue();
				assertThat(StompFrame.parse(frame.payload()).body()).hasSize(length);
			}
		}
	}

	@Test
	void framesWhenTheyComeWithTheHandshakeThenTheyAreRead() {
		byte[] ping = RawWebSocket.frame(0x89, utf8("early"));
		String request = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
				+ new String(ping, StandardCharsets.ISO_8859_1);
		try (RawWebSocket socket = RawWebSocket.send(gateway.port(), request)) {
			assertThat(socket.handshake().status()).isEqualTo(101);
			assertThat(socket.read().text()).isEqualTo("early");
		}
	}

	@Test
	void peerWhenItVanishesThenNothingOfItIsKept() {
		Connections connections = gateway.bean(Connections.class);
		Subscriptions subscriptions = gateway.bean(Subscriptions.class);
		Await.until(() -> connections.size() == 0);
		StompClient client = gateway.connect("ann").subscribe("a", "/topic/vanishing").subscribe("b", "/user/topic/x");
		RawWebSocket silent = open();
		Await.until(() -> connections.size() == 2 && subscriptions.size() == 2);
		client.close();
		silent.close();
		Await.until(() -> connections.size() == 0 && subscriptions.size() == 0);
	}

	@Test
	void peerWhenItNeverAnswersTheCloseThenTheConnectionIsCut() {
		try (StompClient client = gateway.connect("ann")) {
			client.send("ACK").expectError("bad_frame", 4500);
			assertThat(client.socket().isCut()).isTrue();
		}
	}

}
