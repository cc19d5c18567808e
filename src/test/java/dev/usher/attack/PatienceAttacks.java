package dev.usher.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Those who hold a place and do nothing with it, or as little as they can. */
class PatienceAttacks {

	private final Target target = Targets.tight();

	private ScheduledExecutorService trickle;

	@BeforeEach
	void start() {
		this.trickle = Executors.newSingleThreadScheduledExecutor();
	}

	@AfterEach
	void stop() {
		this.trickle.shutdownNow();
	}

	/** Sends the same again and again, until the other side has had enough. */
	private void trickle(StompClient client, byte[] bytes) {
		this.trickle.scheduleAtFixedRate(() -> client.socket().sendBytes(bytes), 0, 50, TimeUnit.MILLISECONDS);
	}

	private static void endsInTime(StompClient client) {
		long start = System.nanoTime();
		assertThat(client.expectError("auth_timeout", 4011).header("retry")).isEqualTo("reconnect");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2L * Targets.TIMEOUT));
	}

	@Test
	void socketWhenItIsSilentThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHeartBeatsOnlyThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			trickle(client, RawWebSocket.frame(0x81, new byte[] { '\n' }));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsPingsOnlyThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			trickle(client, RawWebSocket.frame(0x89, new byte[0]));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItsConnectComesInSlowFragmentsThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			client.socket()
				.send(false, RawWebSocket.TEXT, "CONNECT\nAuthorization:Bearer ".getBytes(StandardCharsets.US_ASCII));
			trickle(client, RawWebSocket.frame(0x00, new byte[] { 'x' }));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHalfAFrameAndStopsThenItEndsInTime() {
		try (StompClient client = this.target.open()) {
			client.socket().sendBytes(new byte[] { (byte) 0x81, (byte) 0xfe, 0x10 });
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItBreaksItsPromiseOfHeartBeatsThenItEnds() {
		try (StompClient client = this.target.open()) {
			client.sendConnect(Target.token("promise"), "heart-beat:100,0").expect("CONNECTED");
			client.expectError("heartbeat_lost", 4016);
		}
	}

	@Test
	void socketWhenItNeverAnswersTheCloseThenItIsCut() {
		try (StompClient client = this.target.connect("rude")) {
			client.send("ACK").expectError("bad_frame", 4500);
			assertThat(client.socket().isCut()).isTrue();
		}
	}

	@Test
	void readerWhenItStopsThenItEndsAndOthersAreServed() {
		try (StompClient stopped = this.target.connectDeaf("deaf");
				StompClient reading = this.target.connect("reading")) {
			stopped.subscribe("a", "/topic/heard");
			reading.subscribe("a", "/topic/heard");
			String body = "x".repeat(100_000);
			for (int i = 0; i < 100; i++) {
				var answer = this.target.call("POST", "/api/messages", Target.token("service"),
						Map.of("to", "/topic/heard", "body", body));
				assertThat(answer.status()).isEqualTo(200);
				assertThat(reading.expect("MESSAGE").body()).hasSize(100_000);
			}
			stopped.expectErrorAfterMessages("slow_consumer", 4013);
			reading.expectNothing();
		}
	}

	@Test
	void connectWhenOthersHoldAllPlacesThenItIsServedOnceTheyAreCut() {
		List<RawWebSocket> silent = new ArrayList<>();
		RawWebSocket next = RawWebSocket.open(this.target.port(), "/ws", Map.of());
		while (next.handshake().status() == 101) {
			silent.add(next);
			next = RawWebSocket.open(this.target.port(), "/ws", Map.of());
		}
		assertThat(next.handshake().status()).isEqualTo(503);
		// A place is taken a moment after the handshake was answered.
		assertThat(silent).hasSizeBetween(Targets.PENDING, Targets.PENDING + 16);
		silent.forEach((socket) -> new StompClient(socket).expectError("auth_timeout", 4011));
		try (StompClient late = this.target.connect("late")) {
			late.expectNothing();
		}
		silent.forEach(RawWebSocket::close);
	}

	@Test
	void requestWhenItsHeadersComeSlowlyThenItIsCut() {
		isCut("GET /auth/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
	}

	@Test
	void requestWhenItsBodyComesSlowlyThenItIsCut() {
		isCut("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: 60000\r\n\r\n");
		isCut("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: 60000\r\nAuthorization: Bearer " + Target.token("ann") + "\r\n\r\n");
	}

	@Test
	void requestsWhenHundredsComeSlowlyThenOthersAreServedMeanwhile() throws IOException {
		leavesRoom("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Content-Length: 60000\r\n\r\n{");
	}

	/** So large that they are read while they come, which only a caller is let. */
	@Test
	void batchesWhenHundredsComeSlowlyThenOthersAreServedMeanwhile() throws IOException {
		leavesRoom("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Authorization: Bearer " + Target.token("slow") + "\r\nContent-Length: 1000000\r\n\r\n[");
	}

	/** As many as take every thread of a server that has one for each body. */
	private static void leavesRoom(String request) throws IOException {
		Target usual = Targets.usual();
		List<Socket> slow = new ArrayList<>();
		try (StompClient client = usual.connect("patient")) {
			for (int i = 0; i < 400; i++) {
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), usual.port());
				slow.add(socket);
				socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			}
			client.expectNothing();
			assertThat(usual.call("GET", "/auth/me", usual.admin(), null).status()).isEqualTo(200);
			usual.connect("another").close();
		}
		finally {
			for (Socket socket : slow) {
				socket.close();
			}
		}
	}

	/** Sends the beginning, then a byte now and then for as long as it can. */
	private void isCut(String request) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.target.port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			this.trickle.scheduleAtFixedRate(() -> sendByte(socket), 0, 50, TimeUnit.MILLISECONDS);
			long start = System.nanoTime();
			readToEnd(socket);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void sendByte(Socket socket) {
		try {
			socket.getOutputStream().write('x');
		}
		catch (IOException ex) {
			// It was cut; an exception ends the schedule.
			throw new UncheckedIOException(ex);
		}
	}

	private static void readToEnd(Socket socket) throws IOException {
		try {
			socket.getInputStream().readAllBytes();
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("was not cut", ex);
		}
		catch (SocketException ex) {
			// A reset is an end as well.
		}
	}

}
