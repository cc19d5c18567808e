package dev.usher.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import dev.usher.token.Secret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tickets over HTTP and into sockets, on both databases. */
@ParameterizedClass
@EnumSource(Store.class)
class TicketTests {

	@Parameter
	Store store;

	private HttpNode node;

	@BeforeEach
	void start() {
		this.node = HttpNode.start(this.store);
		this.node.makeUser("alice", "user");
		this.node.makeUser("bob", "user");
	}

	@AfterEach
	void stop() {
		this.node.close();
	}

	private String ticket(Answer login) {
		Answer answer = this.node.call("POST", "/auth/tickets", login.text("access_token"), null);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.json().path("expires_in").asInt()).isEqualTo(30);
		assertThat(answer.header("Cache-Control")).contains("no-store");
		return answer.text("ticket");
	}

	private StompClient inUrl(String ticket) {
		return new StompClient(RawWebSocket.open(this.node.port(), "/ws?ticket=" + ticket, Map.of()));
	}

	@Test
	void handshakeWhenItHasTwoTicketsThenRefused() {
		String ticket = ticket(this.node.login("alice"));
		for (String second : List.of("&ticket=guess", "&%74icket=" + ticket, ";ticket")) {
			try (RawWebSocket socket = RawWebSocket.open(this.node.port(), "/ws?ticket=" + ticket + second, Map.of())) {
				assertThat(socket.handshake().status()).isEqualTo(400);
				assertThat(socket.handshake().body()).contains("bad_request", "more than one ticket");
			}
		}
		try (StompClient alice = inUrl(ticket)) {
			assertThat(connect(alice).command()).isEqualTo("CONNECTED");
		}
	}

	private StompFrame connect(StompClient client, String... headers) {
		List<String> all = Stream.concat(Stream.of("accept-version:1.2"), Stream.of(headers)).toList();
		return client.send("CONNECT", all.toArray(String[]::new)).read();
	}

	private void assertRefused(StompClient client, String... headers) {
		assertThat(connect(client, headers).header("code")).isEqualTo("unauthorized");
		client.expectClose(4502, "unauthorized");
		client.close();
	}

	@Test
	void ticketWhenUsedThenWorksOnceAndOnly() {
		Answer login = this.node.login("alice");
		String first = ticket(login);
		try (StompClient client = inUrl(first)) {
			StompFrame connected = connect(client);
			assertThat(connected.command()).isEqualTo("CONNECTED");
			assertThat(connected.header("user-name")).isEqualTo("alice");
			assertThat(Integer.parseInt(connected.header("expires-in"))).isEqualTo(900);
			client.subscribe("s", "/user/queue/news");
		}
		assertRefused(inUrl(first));
		String second = ticket(login);
		try (StompClient client = StompClient.open(this.node.port())) {
			assertThat(connect(client, "ticket:" + second).command()).isEqualTo("CONNECTED");
		}
		assertRefused(StompClient.open(this.node.port()), "ticket:" + second);
	}

	@Test
	void ticketWhenAHundredTryAtOnceThenOneGetsIn() throws Exception {
		String ticket = ticket(this.node.login("alice"));
		Tickets tickets = this.node.bean(Tickets.class);
		ExecutorService threads = Executors.newFixedThreadPool(100);
		CountDownLatch go = new CountDownLatch(1);
		List<CompletableFuture<Caller>> tries = IntStream.range(0, 100)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> {
				await(go);
				return tickets.redeem(ticket).toCompletableFuture().join();
			}, threads))
			.toList();
		go.countDown();
		long entered = 0;
		for (CompletableFuture<Caller> each : tries) {
			entered += each.handle((caller, failure) -> {
				if (failure != null) {
					Throwable cause = failure.getCause();
					assertThat(cause).isInstanceOfSatisfying(RefusedException.class,
							(refused) -> assertThat(refused.reason()).isEqualTo(Reason.UNAUTHORIZED));
				}
				return (caller != null) ? 1 : 0;
			}).get();
		}
		threads.shutdown();
		assertThat(entered).isEqualTo(1);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void ticketWhenTooOldOrItsSessionEndedThenIsRefused() {
		Answer login = this.node.login("alice");
		String old = ticket(login);
		this.node.clock().advance(Duration.ofSeconds(30));
		assertRefused(inUrl(old));
		String orphan = ticket(login);
		assertThat(this.node.call("POST", "/auth/logout", login.text("access_token"), null).status()).isEqualTo(204);
		assertRefused(inUrl(orphan));
	}

	@Test
	void ticketWhenAccountIsDisabledThenIsRefused() {
		String ticket = ticket(this.node.login("alice"));
		this.node.call("PATCH", "/admin/accounts/alice", this.node.admin(), Map.of("disabled", true));
		assertRefused(inUrl(ticket));
	}

	@Test
	void ticketWhenUsedThenItsConnectionEndsWithItsSession() {
		Answer login = this.node.login("alice");
		try (StompClient client = inUrl(ticket(login))) {
			connect(client);
			this.node.call("POST", "/auth/logout", login.text("access_token"), null);
			client.expectError("revoked", 4503);
		}
	}

	@Test
	void ticketWhenAnotherCredentialNamesAnotherUserThenBothAreRefused() {
		Answer alice = this.node.login("alice");
		Answer bob = this.node.login("bob");
		assertRefused(inUrl(ticket(alice)), "Authorization:Bearer " + bob.text("access_token"));
		assertRefused(inUrl(ticket(alice)), "ticket:" + ticket(bob));
		try (StompClient client = inUrl(ticket(alice))) {
			assertThat(connect(client, "Authorization:Bearer " + alice.text("access_token")).command())
				.isEqualTo("CONNECTED");
		}
	}

	@Test
	void ticketWhenNoneOfOursThenIsRefused() {
		assertRefused(inUrl("x"));
		assertRefused(inUrl("a".repeat(43)));
		assertRefused(inUrl(""));
		assertRefused(inUrl("%00"));
	}

	@Test
	void ticketsWhenManyThenTheOldestGoAndTheRestAreHashed() {
		Answer login = this.node.login("alice");
		String oldest = ticket(login);
		for (int i = 0; i < 20; i++) {
			this.node.clock().advance(Duration.ofMillis(1));
			ticket(login);
		}
		String newest = ticket(login);
		JdbcClient jdbc = this.node.bean(JdbcClient.class);
		List<String> stored = jdbc.sql("SELECT ticket_hash FROM tickets").query(String.class).list();
		assertThat(stored).hasSize(20).doesNotContain(newest).contains(Secret.hash(newest));
		assertRefused(inUrl(oldest));
		this.node.clock().advance(Duration.ofMinutes(1));
		this.node.bean(Tickets.class).sweep();
		assertThat(jdbc.sql("SELECT COUNT(*) FROM tickets").query(Long.class).single()).isZero();
	}

	@Test
	void ticketWhenInTheUrlOfACallThenIsRefusedUnread() {
		Answer login = this.node.login("alice");
		Answer answer = this.node.get("/auth/me?ticket=" + ticket(login), login.text("access_token"));
		assertThat(answer.code()).isEqualTo("token_in_url");
	}

}
