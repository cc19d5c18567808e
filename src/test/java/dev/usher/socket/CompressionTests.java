package dev.usher.socket;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** permessage-deflate (RFC 7692), where {@code usher.compression} allows it. */
class CompressionTests {

	private static final String OFFER = "Sec-WebSocket-Extensions:permessage-deflate; client_max_window_bits";

	private static final int COMPRESSED_TEXT = 0xc1;

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start("usher.compression=true", "usher.connect.timeout=10s");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	private static StompClient connect() {
		StompClient client = gateway.open(OFFER);
		assertThat(client.socket().handshake().headers().get("sec-websocket-extensions"))
			.startsWith("permessage-deflate");
		client.sendConnect(gateway.token("ann")).expect("CONNECTED");
		return client;
	}

	private static byte[] deflate(byte[] bytes) {
		Deflater deflater = new Deflater(9, true);
		deflater.setInput(bytes);
		byte[] target = new byte[bytes.length + 100];
		int length = deflater.deflate(target, 0, target.length, Deflater.SYNC_FLUSH);
		deflater.end();
		// RFC 7692, section 7.2.1: the empty block at the end is left out.
		return Arrays.copyOf(target, length - 4);
	}

	private static byte[] inflate(byte[] bytes) throws DataFormatException {
		Inflater inflater = new Inflater(true);
		ByteArrayOutputStream withTail = new ByteArrayOutputStream();
		withTail.writeBytes(bytes);
		withTail.writeBytes(new byte[] { 0, 0, -1, -1 });
		inflater.setInput(withTail.toByteArray());
		byte[] target = new byte[200_000];
		int length = inflater.inflate(target);
		inflater.end();
		return Arrays.copyOf(target, length);
	}

	private static StompFrame large(String destination) {
		return StompFrame.of("SEND", "destination:" + destination).body("abcdefgh".repeat(5000));
	}

	@Test
	void messageWhenBothCompressThenItGoesBothWaysAndShrinks() throws DataFormatException {
		try (StompClient client = connect()) {
			client.subscribe("a", "/topic/zip");
			for (int i = 0; i < 3; i++) {
				byte[] deflated = deflate(large("/topic/zip").bytes());
				client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, deflated));
				Frame frame = client.readMessage();
				assertThat(frame.rsv1()).isTrue();
				assertThat(frame.payload()).hasSizeLessThan(2000);
				assertThat(StompFrame.parse(inflate(frame.payload())).text()).isEqualTo("abcdefgh".repeat(5000));
			}
		}
	}

	@Test
	void messageWhenItIsSmallThenItLeavesAsItIs() {
		try (StompClient client = connect()) {
			client.subscribe("a", "/topic/zip").publish("/topic/zip", "small");
			Frame frame = client.readMessage();
			assertThat(frame.rsv1()).isFalse();
			assertThat(StompFrame.parse(frame.payload()).text()).isEqualTo("small");
		}
	}

	@Test
	void messageWhenReaderDidNotOfferThenItGetsItUncompressed() throws DataFormatException {
		try (StompClient client = connect(); StompClient plain = gateway.connect("ben")) {
			client.subscribe("a", "/topic/both");
			plain.subscribe("a", "/topic/both");
			client.send(large("/topic/both"));
			assertThat(plain.expect("MESSAGE").text()).isEqualTo("abcdefgh".repeat(5000));
			assertThat(StompFrame.parse(inflate(client.readMessage().payload())).text())
				.isEqualTo("abcdefgh".repeat(5000));
		}
	}

	@Test
	void messageWhenCompressedAndFragmentedThenItIsRead() {
		try (StompClient client = connect()) {
			byte[] deflated = deflate(StompFrame.of("SEND", "destination:/topic/a", "receipt:r").bytes());
			for (int i = 0; i < deflated.length; i++) {
				int first = (i == 0) ? 0x41 : 0x00;
				int fin = (i == deflated.length - 1) ? 0x80 : 0;
				client.socket().sendBytes(RawWebSocket.frame(fin | first, new byte[] { deflated[i] }));
			}
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("r");
		}
	}

	@Test
	void messageWhenNothingWasNegotiatedThenACompressedOneIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, deflate(new byte[] { '\n' })));
			assertThat(client.readMessage().closeStatus()).isEqualTo(1002);
		}
	}

	@Test
	void messageWhenItCannotBeInflatedThenTheCloseSays1002() {
		try (StompClient client = connect()) {
			client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, new byte[] { (byte) 0xff, 1, 2, 3 }));
			assertThat(client.readMessage().closeStatus()).isEqualTo(1002);
		}
	}

	@Test
	void textWhenItInflatesToNoUtf8ThenTheCloseSays1007() {
		try (StompClient client = connect()) {
			client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, deflate(new byte[] { '\n', (byte) 0xff })));
			assertThat(client.readMessage().closeStatus()).isEqualTo(1007);
		}
	}

	@Test
	void bombWhenItInflatesThenItIsRefusedAsIfItHadBeenSent() {
		byte[] bomb = deflate(("SEND\ndestination:/topic/a\n\n" + "x".repeat(20_000_000)).getBytes());
		try (StompClient client = connect()) {
			client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, bomb));
			client.expectError("too_large", 4506);
		}
		byte[] emptyLines = deflate("\n".repeat(1_000_000).getBytes());
		try (StompClient client = gateway.open(OFFER)) {
			client.socket().sendBytes(RawWebSocket.frame(COMPRESSED_TEXT, emptyLines));
			client.expectError("too_large", 4506);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "permessage-deflate; server_max_window_bits=9", "x-webkit-deflate-frame",
			"permessage-deflate; unknown", "permessage-deflate; server_no_context_takeover=1",
			"permessage-deflate; client_max_window_bits=99", "permessage-deflate; client_max_window_bits_x",
			"permessage-deflate; client_no_context_takeover; client_no_context_takeover" })
	void offerWhenItCannotBeServedThenThereIsNoCompression(String offer) {
		try (StompClient client = gateway.open("Sec-WebSocket-Extensions:" + offer)) {
			assertThat(client.socket().handshake().headers()).doesNotContainKey("sec-websocket-extensions");
			client.sendConnect(gateway.token("ann")).expect("CONNECTED");
		}
	}

	@Test
	void offerWhenALaterOneCanBeServedThenItIs() {
		try (StompClient client = gateway
			.open("Sec-WebSocket-Extensions:permessage-deflate; server_max_window_bits=9, permessage-deflate")) {
			assertThat(client.socket().handshake().headers()).containsKey("sec-websocket-extensions");
		}
	}

}
