package dev.usher.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Soak;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Too much, too fast, too many. */
class FloodAttacks {

	private static final int HANDSHAKES = Soak.of(20_000);

	private final Target target = Targets.tight();

	/**
	 * Each on a connection that the refusal leaves open, which is the cheapest way there
	 * is to send them.
	 */
	@Test
	void handshakesWhenThousandsComeFromOneAddressThenFewGetAPlaceAndOthersAreServed() {
		String request = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
		List<RawWebSocket> silent = new ArrayList<>();
		int refused = 0;
		long start = System.nanoTime();
		int served = 0;
		RawWebSocket next = RawWebSocket.send(this.target.port(), request);
		RawWebSocket.Answer answer = next.handshake();
		for (int i = 0; i < HANDSHAKES; i++) {
			if (i % 1000 == 0) {
				try (StompClient neighbour = this.target.open("X-Forwarded-For:192.0.2.7")) {
					neighbour.sendConnect(Target.token("neighbour")).expect("CONNECTED");
					served++;
				}
			}
			if (answer.status() == 101) {
				silent.add(next);
				next = RawWebSocket.send(this.target.port(), request);
				answer = next.handshake();
			}
			else {
				assertThat(answer.status()).isEqualTo(503);
				assertThat(answer.headers()).containsKey("retry-after");
				refused++;
				answer = next.ask(request);
			}
		}
		long rounds = 1 + (System.nanoTime() - start) / (Targets.TIMEOUT * 1_000_000L);
		assertThat(silent).hasSizeBetween(Targets.PENDING, (int) rounds * Targets.PENDING + 16);
		assertThat(served).isEqualTo(HANDSHAKES / 1000);
		assertThat(refused).isEqualTo(HANDSHAKES - silent.size());
		next.close();
		silent.forEach(RawWebSocket::close);
		try (StompClient later = this.target.connect("later")) {
			later.expectNothing();
		}
	}

	@Test
	void socketsWhenAUserHasTooManyThenTheNextIsRefused() {
		List<StompClient> sockets = new ArrayList<>();
		for (int i = 0; i < Targets.PER_USER; i++) {
			sockets.add(this.target.connect("greedy"));
		}
		try (StompClient other = this.target.connect("modest")) {
			StompFrame error = this.target.refuses(Target.token("greedy"), "overloaded", 4015);
			assertThat(error.headers()).containsKey("retry-after");
			other.expectNothing();
		}
		sockets.forEach(StompClient::close);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "CONNECT\nAuthorization:Bearer ", "CONNECT\n", "x" })
	void bytesWhenMoreThanSixteenKiBComeBeforeConnectThenTooLarge(String start) {
		try (StompClient client = this.target.open()) {
			client.socket().send(false, RawWebSocket.TEXT, bytes(start));
			client.socket()
				.send(false, RawWebSocket.CONTINUATION,
						bytes((start.equals("\n") ? "\n" : "a:b\n").repeat(17 * 1024).substring(0, 17 * 1024)));
			assertThat(client.read().header("code")).isIn("too_large", "bad_frame");
		}
	}

	@Test
	void pingsWhenTheyComeBeforeConnectThenTheyCountToo() {
		try (StompClient client = this.target.open()) {
			client.socket().sendBytes(repeat(RawWebSocket.frame(0x89, new byte[125]), 130));
			assertThat(client.read().header("code")).isIn("too_large", "overloaded");
		}
	}

	@Test
	void pingsWhenTheyFloodThenTheConnectionEndsAndOthersAreServed() {
		try (StompClient client = this.target.connect("flooding"); StompClient other = this.target.connect("calm")) {
			client.socket().sendBytes(repeat(RawWebSocket.frame(0x89, new byte[0]), 1000));
			client.expectError("overloaded", 4015);
			other.expectNothing();
		}
	}

	@Test
	void framesWhenTheyComeTooFastThenTheConnectionEndsAndOthersAreServed() {
		try (StompClient client = this.target.connect("flooding"); StompClient other = this.target.connect("calm")) {
			client.sendRaw("SEND\ndestination:/topic/flood\n\n\0".repeat(1000));
			client.expectError("overloaded", 4015);
			other.expectNothing();
		}
	}

	@Test
	void bytesWhenTheyComeTooFastThenTheConnectionEnds() {
		try (StompClient client = this.target.connect("flooding")) {
			for (int i = 0; i < 10; i++) {
				client.send(StompFrame.of("SEND", "destination:/topic/flood").body("x".repeat(60_000)));
			}
			client.expectError("overloaded", 4015);
		}
	}

	@Test
	void heartBeatsWhenTheyFloodThenTheConnectionEnds() {
		try (StompClient client = this.target.connect("flooding")) {
			for (int i = 0; i < 10; i++) {
				client.sendRaw("\n".repeat(60_000));
			}
			client.expectError("overloaded", 4015);
		}
	}

	@Test
	void emptyFragmentsWhenTheyFloodThenTheConnectionEnds() {
		try (StompClient client = this.target.connect("flooding"); StompClient other = this.target.connect("calm")) {
			client.socket().send(false, RawWebSocket.TEXT, new byte[0]);
			client.socket().sendBytes(repeat(RawWebSocket.frame(0x00, new byte[0]), 100_000));
			assertThat(client.read().header("code")).isIn("overloaded", "bad_frame");
			other.expectNothing();
		}
	}

	@Test
	void bombWhenItInflatesThenItIsRefusedAsIfItHadBeenSent() {
		byte[] bomb = deflate(bytes("SEND\ndestination:/topic/a\n\n" + "x".repeat(20_000_000)));
		try (StompClient client = this.target.open("Sec-WebSocket-Extensions:permessage-deflate")) {
			client.sendConnect(Target.token("bomber")).expect("CONNECTED");
			client.socket().sendBytes(RawWebSocket.frame(0xc1, bomb));
			assertThat(client.read().header("code")).isIn("too_large", "overloaded");
		}
		byte[] early = deflate(bytes("\n".repeat(1_000_000)));
		try (StompClient client = this.target.open("Sec-WebSocket-Extensions:permessage-deflate")) {
			client.socket().sendBytes(RawWebSocket.frame(0xc1, early));
			client.expectError("too_large", 4506);
		}
	}

	/** Of empty lines there is no frame that could be too large. */
	@Test
	void bombWhenItInflatesToHeartBeatsThenItCountsAsWhatItBecomes() {
		byte[] bomb = deflate(bytes("\n".repeat(20_000_000)));
		try (StompClient client = this.target.open("Sec-WebSocket-Extensions:permessage-deflate")) {
			client.sendConnect(Target.token("bomber")).expect("CONNECTED");
			for (int i = 0; i < 10; i++) {
				client.socket().sendBytes(RawWebSocket.frame(0xc1, bomb));
			}
			client.expectError("overloaded", 4015);
		}
	}

	@Test
	void bodyWhenItIsTooLargeThenRefused() {
		String large = "x".repeat(70_000);
		assertThat(this.target.call("POST", "/auth/login", null, Map.of("username", "ann", "password", large)).code())
			.isEqualTo("too_large");
		List<Map<String, String>> batch = new ArrayList<>();
		for (int i = 0; i < 1001; i++) {
			batch.add(Map.of("to", "/topic/many", "body", "x"));
		}
		assertThat(this.target.call("POST", "/api/messages", Target.token("ann"), batch).status()).isBetween(400, 422);
	}

	@Test
	void bodyWhenItIsDeepThenRefused() {
		String deep = "[".repeat(20_000) + "]".repeat(20_000);
		for (String path : List.of("/auth/login", "/auth/refresh", "/api/messages")) {
			var answer = this.target.send(this.target.request(path)
				.header("Content-Type", "application/json")
				.header("Authorization", "Bearer " + Target.token("ann"))
				.POST(java.net.http.HttpRequest.BodyPublishers
					.ofString("{\"to\":\"/topic/a\",\"body\":" + deep + "}")));
			assertThat(answer.status()).as(path).isBetween(400, 422);
		}
	}

	private static byte[] deflate(byte[] bytes) {
		Deflater deflater = new Deflater(9, true);
		deflater.setInput(bytes);
		byte[] target = new byte[bytes.length / 100 + 1000];
		int length = deflater.deflate(target, 0, target.length, Deflater.SYNC_FLUSH);
		deflater.end();
		return Arrays.copyOf(target, length - 4);
	}

	private static byte[] repeat(byte[] bytes, int times) {
		byte[] all = new byte[bytes.length * times];
		for (int i = 0; i < times; i++) {
			System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
		}
		return all;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
