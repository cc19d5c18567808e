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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Those who hold a place and do nothing with it, or as little as they can. */
class PatienceAttacks {

	private static final String LOGIN = "POST /auth/login HTTP/1.1\r\nHost: localhost\r\n"
			+ "Content-Type: application/json\r\nContent-Length: 60000\r\n";

	private static final String BATCH = "POST /api/messages HTTP/1.1\r\nHost: localhost\r\n"
			+ "Content-Type: application/json\r\n";

	/** Many times what they may take, for a busy machine. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Target target = Targets.tight();

	private static final ScheduledExecutorService trickle = Executors.newScheduledThreadPool(2);

	private static final ExecutorService holders = Executors.newCachedThreadPool();

	/** Each waits for seconds until it is cut, so they all do at once. */
	private static final Map<String, CompletableFuture<Void>> holding = new HashMap<>();

	@BeforeAll
	static void hold() {
		hold("silent", PatienceAttacks::isSilent);
		hold("heart-beats", () -> trickles(RawWebSocket.frame(0x81, new byte[] { '\n' })));
		hold("pings", () -> trickles(RawWebSocket.frame(0x89, new byte[0])));
		hold("fragments", PatienceAttacks::sendsFragments);
		hold("half a frame", PatienceAttacks::sendsHalfAFrame);
		hold("promise", PatienceAttacks::breaksItsPromise);
		hold("close", PatienceAttacks::neverAnswersTheClose);
		hold("headers", () -> isCut("GET /auth/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
		hold("body", () -> isCut(LOGIN + "\r\n"));
		hold("body of a batch", () -> isCut(
				BATCH + "Content-Length: 60000\r\nAuthorization: Bearer " + Target.token("ann") + "\r\n\r\n"));
	}

	private static void hold(String what, Runnable attack) {
		holding.put(what, CompletableFuture.runAsync(attack, holders));
	}

	@AfterAll
	static void stop() {
		holders.shutdownNow();
		trickle.shutdownNow();
	}

	private static void held(String... names) {
		for (String name : names) {
			assertThat(holding.get(name)).as(name).succeedsWithin(Duration.ofMinutes(1));
		}
	}

	/** Sends the same again and again, until the other side has had enough. */
	private static void trickle(StompClient client, byte[] bytes) {
		trickle.scheduleAtFixedRate(() -> client.socket().sendBytes(bytes), 0, 50, TimeUnit.MILLISECONDS);
	}

	/** One whose time began anew with what it sends would still be there in the end. */
	private static void endsInTime(StompClient client) {
		long start = System.nanoTime();
		assertThat(client.expectError("auth_timeout", 4011).header("retry")).isEqualTo("reconnect");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
	}

	@Test
	void socketWhenItIsSilentThenItEndsInTime() {
		held("silent");
	}

	private static void isSilent() {
		try (StompClient client = target.open()) {
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHeartBeatsOnlyThenItEndsInTime() {
		held("heart-beats");
	}

	@Test
	void socketWhenItSendsPingsOnlyThenItEndsInTime() {
		held("pings");
	}

	private static void trickles(byte[] bytes) {
		try (StompClient client = target.open()) {
			trickle(client, bytes);
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItsConnectComesInSlowFragmentsThenItEndsInTime() {
		held("fragments");
	}

	private static void sendsFragments() {
		try (StompClient client = target.open()) {
			client.socket()
				.send(false, RawWebSocket.TEXT, "CONNECT\nAuthorization:Bearer ".getBytes(StandardCharsets.US_ASCII));
			trickle(client, RawWebSocket.frame(0x00, new byte[] { 'x' }));
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItSendsHalfAFrameAndStopsThenItEndsInTime() {
		held("half a frame");
	}

	private static void sendsHalfAFrame() {
		try (StompClient client = target.open()) {
			client.socket().sendBytes(new byte[] { (byte) 0x81, (byte) 0xfe, 0x10 });
			endsInTime(client);
		}
	}

	@Test
	void socketWhenItBreaksItsPromiseOfHeartBeatsThenItEnds() {
		held("promise");
	}

	private static void breaksItsPromise() {
		try (StompClient client = target.open()) {
			client.sendConnect(Target.token("promise"), "heart-beat:100,0").expect("CONNECTED");
			client.expectError("heartbeat_lost", 4016);
		}
	}

	@Test
	void socketWhenItNeverAnswersTheCloseThenItIsCut() {
		held("close");
	}

	private static void neverAnswersTheClose() {
		try (StompClient client = target.connect("rude")) {
			client.send("ACK").expectError("bad_frame", 4500);
			assertThat(client.socket().isCut()).isTrue();
		}
	}

	@Test
	void readerWhenItStopsThenItEndsAndOthersAreServed() {
		try (StompClient stopped = target.connectDeaf("deaf"); StompClient reading = target.connect("reading")) {
			stopped.subscribe("a", "/topic/heard");
			reading.subscribe("a", "/topic/heard");
			String body = "x".repeat(100_000);
			int delivered = 2;
			// The ERROR waits for its reader for a while only, so nothing is sent after
			// it.
			for (int i = 0; i < 100 && delivered == 2; i++) {
				var answer = target.call("POST", "/api/messages", Target.token("service"),
						Map.of("to", "/topic/heard", "body", body));
				assertThat(answer.status()).isEqualTo(200);
				assertThat(reading.expect("MESSAGE").body()).hasSize(100_000);
				delivered = answer.json().at("/results/0/delivered").asInt();
			}
			assertThat(delivered).isEqualTo(1);
			stopped.expectErrorAfterMessages("slow_consumer", 4013);
			reading.expectNothing();
		}
	}

	@Test
	void connectWhenOthersHoldAllPlacesThenItIsServedOnceTheyAreCut() {
		// Those have places too.
		held("silent", "heart-beats", "pings", "fragments", "half a frame");
		List<RawWebSocket> silent = new ArrayList<>();
		RawWebSocket next = RawWebSocket.open(target.port(), "/ws", Map.of());
		while (next.handshake().status() == 101) {
			silent.add(next);
			next = RawWebSocket.open(target.port(), "/ws", Map.of());
		}
		assertThat(next.handshake().status()).isEqualTo(503);
		// A place is taken a moment after the handshake was answered.
		assertThat(silent).hasSizeBetween(Targets.PENDING, Targets.PENDING + 16);
		// One that was answered and then found no place is told so, and the others when
		// their time is over.
		assertThat(silent.stream().map((socket) -> new StompClient(socket).expect("ERROR").header("code")).toList())
			.allMatch((code) -> List.of("auth_timeout", "overloaded").contains(code))
			.filteredOn("auth_timeout"::equals)
			.hasSizeGreaterThanOrEqualTo(Targets.PENDING);
		try (StompClient late = target.connect("late")) {
			late.expectNothing();
		}
		silent.forEach(RawWebSocket::close);
	}

	@Test
	void requestWhenItsHeadersComeSlowlyThenItIsCut() {
		held("headers");
	}

	@Test
	void requestWhenItsBodyComesSlowlyThenItIsCut() {
		held("body", "body of a batch");
	}

	@Test
	void requestsWhenHundredsComeSlowlyThenOthersAreServedMeanwhile() throws IOException {
		leavesRoom(LOGIN + "\r\n{");
	}

	/** So large that they are read while they come, which only a caller is let. */
	@Test
	void batchesWhenHundredsComeSlowlyThenOthersAreServedMeanwhile() throws IOException {
		leavesRoom(BATCH + "Authorization: Bearer " + Target.token("slow") + "\r\nContent-Length: 1000000\r\n\r\n[");
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
	private static void isCut(String request) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), target.port())) {
			socket.setSoTimeout((int) PATIENCE.toMillis());
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			trickle.scheduleAtFixedRate(() -> sendByte(socket), 0, 50, TimeUnit.MILLISECONDS);
			long start = System.nanoTime();
			readToEnd(socket);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
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
