package dev.usher.socket;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How many may come, how fast they may send, and how they are sent away. */
class AdmissionTests {

	/** For the limits that do not get in each other's way; nobody is connected to it. */
	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start("usher.connect.per-user=2", "usher.connect.pending-per-address=5",
				"usher.connect.timeout=60s", "usher.connect.frames-per-second=10");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@BeforeEach
	void awaitNobody() {
		Await.until(() -> gateway.bean(Connections.class).size() == 0);
	}

	@Test
	void userWhenFullThenNewestIsRefused() {
		try (StompClient first = gateway.connect("ann");
				StompClient second = gateway.connect("ann");
				StompClient third = gateway.open();
				StompClient other = gateway.connect("ben")) {
			third.sendConnect(gateway.token("ann"));
			assertThat(third.expectError("overloaded", 4015).headers()).containsKey("retry-after")
				.containsEntry("retry", "reconnect");
			second.sendAndWait("DISCONNECT");
			try (StompClient again = gateway.connect("ann")) {
				again.expectNothing();
			}
			first.expectNothing();
			other.expectNothing();
		}
	}

	@Test
	void userWhenFullAndOldestIsReplacedThenItIsToldSo() {
		try (TestGateway own = TestGateway.start("usher.connect.per-user=2", "usher.connect.when-full=replace-oldest");
				StompClient first = own.connect("ann");
				StompClient second = own.connect("ann");
				StompClient third = own.connect("ann")) {
			first.expectError("replaced", 4505);
			second.expectNothing();
			third.expectNothing();
		}
	}

	@Test
	void addressWhenTooManyWaitForConnectThenHandshakeIsRefused() {
		List<StompClient> silent = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			silent.add(gateway.open());
		}
		// A socket counts from when it is open here, a moment after it is so there.
		Await.until(() -> gateway.bean(Connections.class).size() == 5);
		RawWebSocket.Answer refused = RawWebSocket.open(gateway.port(), "/ws", Map.of()).handshake();
		assertThat(refused.status()).isEqualTo(503);
		assertThat(refused.headers()).containsKey("retry-after");
		assertThat(refused.body()).contains("\"code\":\"overloaded\"");
		silent.get(0).sendConnect(gateway.token("ann")).expect("CONNECTED");
		try (RawWebSocket another = RawWebSocket.open(gateway.port(), "/ws", Map.of())) {
			assertThat(another.handshake().status()).isEqualTo(101);
		}
		silent.forEach(StompClient::close);
	}

	@Test
	void addressWhenManyComeAtOnceThenNoMoreWaitThanMay() throws Exception {
		Connections connections = gateway.bean(Connections.class);
		double before = overloaded();
		List<RawWebSocket> sockets = allAtOnce(100, () -> RawWebSocket.open(gateway.port(), "/ws", Map.of()));
		long upgraded = sockets.stream().filter((socket) -> socket.handshake().status() == 101).count();
		// Those that were one too many are ended after the answer to their handshake.
		Await.until(() -> overloaded() - before >= upgraded - 5);
		assertThat(connections.all().stream().filter((each) -> each.state() != StompConnection.State.ENDED)).hasSize(5);
		sockets.forEach(RawWebSocket::close);
		Await.until(() -> connections.size() == 0);
		try (RawWebSocket another = RawWebSocket.open(gateway.port(), "/ws", Map.of())) {
			assertThat(another.handshake().status()).isEqualTo(101);
		}
	}

	private static double overloaded() {
		return gateway.bean(MeterRegistry.class)
			.get("usher.connections.closed")
			.tag("code", "overloaded")
			.functionCounter()
			.count();
	}

	private static <T> List<T> allAtOnce(int count, Callable<T> task) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			List<T> results = new ArrayList<>();
			for (Future<T> result : threads.invokeAll(Collections.nCopies(count, task))) {
				results.add(result.get());
			}
			return results;
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void userWhenManyComeAtOnceThenNoMoreAreLetInThanMay() throws Exception {
		try (TestGateway own = TestGateway.start("usher.connect.per-user=3")) {
			String token = own.token("ann");
			List<StompClient> clients = allAtOnce(50, () -> own.open().sendConnect(token));
			List<String> answers = clients.stream().map((client) -> client.read().command()).toList();
			assertThat(answers).containsOnly("CONNECTED", "ERROR");
			assertThat(answers.stream().filter("CONNECTED"::equals).count()).isBetween(1L, 3L);
			clients.forEach(StompClient::close);
		}
	}

	/** The second look, at the moment when two have passed the first. */
	@Test
	void userWhenTwoHavePassedForTheLastPlaceThenNeitherIsLetIn() {
		try (TestGateway own = TestGateway.start("usher.connect.per-user=1");
				StompClient first = own.connect("ann");
				StompClient second = own.open()) {
			Connections connections = own.bean(Connections.class);
			Admission admission = own.bean(Admission.class);
			StompConnection counted = connections.all()
				.stream()
				.filter((each) -> each.caller() != null)
				.findFirst()
				.orElseThrow();
			Await.until(() -> connections.size() == 2);
			StompConnection other = connections.all()
				.stream()
				.filter((each) -> each.caller() == null)
				.findFirst()
				.orElseThrow();
			Caller ann = Objects.requireNonNull(counted.caller());
			admission.connected(counted, ann);
			connections.joined(other, ann);
			assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> admission.connected(other, ann))
				.satisfies((refused) -> assertThat(refused.reason()).isEqualTo(Reason.OVERLOADED));
			connections.left(other, ann);
			first.expectNothing();
		}
	}

	@Test
	void addressWhenFullThenConnectIsRefused() {
		try (TestGateway own = TestGateway.start("usher.connect.per-address=1");
				StompClient first = own.connect("ann");
				StompClient second = own.open()) {
			second.sendConnect(own.token("ben"));
			second.expectError("overloaded", 4015);
			first.expectNothing();
		}
	}

	@Test
	void framesWhenFasterThanAllowedThenOverloaded() {
		try (StompClient ann = gateway.connect("ann")) {
			// At once: it may send some more with each moment that passes.
			ann.sendRaw("SEND\ndestination:/topic/flood\n\nx\0".repeat(60));
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void bytesWhenFasterThanAllowedThenOverloaded() {
		try (TestGateway own = TestGateway.start("usher.connect.bytes-per-second=1KB");
				StompClient ann = own.connect("ann")) {
			ann.send(StompFrame.of("SEND", "destination:/topic/flood").body("x".repeat(6000)));
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void pingsWhenFasterThanAllowedThenOverloaded() {
		try (StompClient ann = gateway.connect("ann")) {
			byte[] ping = RawWebSocket.frame(0x89, new byte[0]);
			ByteArrayOutputStream pings = new ByteArrayOutputStream();
			for (int i = 0; i < 60; i++) {
				pings.writeBytes(ping);
			}
			ann.socket().sendBytes(pings.toByteArray());
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void connectionsWhenProcessEndsThenEachIsToldWhenToComeBack() {
		TestGateway own = TestGateway.start("usher.drain=2s");
		try (StompClient ann = own.connect("ann"); StompClient ben = own.connect("ben")) {
			Thread closing = new Thread(own::close);
			closing.start();
			int after = Integer.parseInt(ann.expectError("draining", 4014).header("retry-after"));
			assertThat(after).isBetween(1, 2);
			ann.answerClose();
			ben.expectError("draining", 4014);
			ben.answerClose();
			assertThat(ann.socket().isCut()).isTrue();
			join(closing);
		}
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
