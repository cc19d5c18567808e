package dev.usher.socket;

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
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How many may come, how fast they may send, and how they are sent away. */
class AdmissionTests {

	@Test
	void userWhenFullThenNewestIsRefused() {
		try (TestGateway gateway = TestGateway.start("usher.connect.per-user=2");
				StompClient first = gateway.connect("ann");
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
		try (TestGateway gateway = TestGateway.start("usher.connect.per-user=2",
				"usher.connect.when-full=replace-oldest");
				StompClient first = gateway.connect("ann");
				StompClient second = gateway.connect("ann");
				StompClient third = gateway.connect("ann")) {
			first.expectError("replaced", 4505);
			second.expectNothing();
			third.expectNothing();
		}
	}

	@Test
	void addressWhenTooManyWaitForConnectThenHandshakeIsRefused() {
		try (TestGateway gateway = TestGateway.start("usher.connect.pending-per-address=5",
				"usher.connect.timeout=60s")) {
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
			assertThat(RawWebSocket.open(gateway.port(), "/ws", Map.of()).handshake().status()).isEqualTo(101);
			silent.forEach(StompClient::close);
		}
	}

	@Test
	void addressWhenManyComeAtOnceThenNoMoreWaitThanMay() throws Exception {
		try (TestGateway gateway = TestGateway.start("usher.connect.pending-per-address=5",
				"usher.connect.timeout=60s")) {
			Connections connections = gateway.bean(Connections.class);
			List<RawWebSocket> sockets = allAtOnce(100, () -> RawWebSocket.open(gateway.port(), "/ws", Map.of()));
			long upgraded = sockets.stream().filter((socket) -> socket.handshake().status() == 101).count();
			Await.until(() -> connections.all().size() == upgraded);
			assertThat(connections.all().stream().filter((each) -> each.state() != StompConnection.State.ENDED))
				.hasSize(5);
			sockets.forEach(RawWebSocket::close);
			Await.until(() -> connections.size() == 0);
			assertThat(RawWebSocket.open(gateway.port(), "/ws", Map.of()).handshake().status()).isEqualTo(101);
		}
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
		try (TestGateway gateway = TestGateway.start("usher.connect.per-user=3")) {
			String token = gateway.token("ann");
			List<StompClient> clients = allAtOnce(50, () -> gateway.open().sendConnect(token));
			List<String> answers = clients.stream().map((client) -> client.read().command()).toList();
			assertThat(answers).containsOnly("CONNECTED", "ERROR");
			assertThat(answers.stream().filter("CONNECTED"::equals).count()).isBetween(1L, 3L);
			clients.forEach(StompClient::close);
		}
	}

	/** The second look, at the moment when two have passed the first. */
	@Test
	void userWhenTwoHavePassedForTheLastPlaceThenNeitherIsLetIn() {
		try (TestGateway gateway = TestGateway.start("usher.connect.per-user=1");
				StompClient first = gateway.connect("ann");
				StompClient second = gateway.open()) {
			Connections connections = gateway.bean(Connections.class);
			Admission admission = gateway.bean(Admission.class);
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
		try (TestGateway gateway = TestGateway.start("usher.connect.per-address=1");
				StompClient first = gateway.connect("ann");
				StompClient second = gateway.open()) {
			second.sendConnect(gateway.token("ben"));
			second.expectError("overloaded", 4015);
			first.expectNothing();
		}
	}

	@Test
	void framesWhenFasterThanAllowedThenOverloaded() {
		try (TestGateway gateway = TestGateway.start("usher.connect.frames-per-second=10");
				StompClient ann = gateway.connect("ann")) {
			for (int i = 0; i < 60; i++) {
				ann.publish("/topic/flood", "x");
			}
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void bytesWhenFasterThanAllowedThenOverloaded() {
		try (TestGateway gateway = TestGateway.start("usher.connect.bytes-per-second=1KB");
				StompClient ann = gateway.connect("ann")) {
			ann.send(StompFrame.of("SEND", "destination:/topic/flood").body("x".repeat(6000)));
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void pingsWhenFasterThanAllowedThenOverloaded() {
		try (TestGateway gateway = TestGateway.start("usher.connect.frames-per-second=10");
				StompClient ann = gateway.connect("ann")) {
			for (int i = 0; i < 60; i++) {
				ann.socket().send(true, RawWebSocket.PING, new byte[0]);
			}
			ann.expectError("overloaded", 4015);
		}
	}

	@Test
	void connectionsWhenProcessEndsThenEachIsToldWhenToComeBack() {
		TestGateway gateway = TestGateway.start("usher.drain=2s");
		try (StompClient ann = gateway.connect("ann"); StompClient ben = gateway.connect("ben")) {
			Thread closing = new Thread(gateway::close);
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
