package dev.usher.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tickets over HTTP and into sockets, on both databases. */
@ParameterizedClass
@EnumSource(Store.class)
class TicketTests {

	private static final AtomicInteger users = new AtomicInteger();

	private static HttpNode node;

	/** Each test has two users of its own. */
	private final String alice = "alice" + users.incrementAndGet();

	private final String bob = "bob" + users.get();

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	TicketTests(Store store) {
		assertThat(store).isNotNull();
	}

	@BeforeEach
	void makeUsers() {
		node.makeUser(this.alice, "user");
		node.makeUser(this.bob, "user");
	}

	private static String ticket(Answer login) {
		Answer answer = node.call("POST", "/auth/tickets", login.text("access_token"), null);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.json().path("expires_in").asInt()).isEqualTo(30);
		assertThat(answer.header("Cache-Control")).contains("no-store");
		return answer.text("ticket");
	}

	private static StompClient inUrl(String ticket) {
		return new StompClient(RawWebSocket.open(node.port(), "/ws?ticket=" + ticket, Map.of()));
	}

	@Test
	void handshakeWhenItHasTwoTicketsThenRefused() {
		String ticket = ticket(node.login(this.alice));
		for (String second : List.of("&ticket=guess", "&%74icket=" + ticket, ";ticket")) {
			try (RawWebSocket socket = RawWebSocket.open(node.port(), "/ws?ticket=" + ticket + second, Map.of())) {
				assertThat(socket.handshake().status()).isEqualTo(400);
				assertThat(socket.handshake().body()).contains("bad_request", "more than one ticket");
			}
		}
		try (StompClient alice = inUrl(ticket)) {
			assertThat(connect(alice).command()).isEqualTo("CONNECTED");
		}
	}

	private static StompFrame connect(StompClient client, String... headers) {
		List<String> all = Stream.concat(Stream.of("accept-version:1.2"), Stream.of(headers)).toList();
		return client.send("CONNECT", all.toArray(String[]::new)).read();
	}

	private static void assertRefused(StompClient client, String... headers) {
		assertThat(connect(client, headers).header("code")).isEqualTo("unauthorized");
		client.expectClose(4502, "unauthorized");
		client.close();
	}

	@Test
	void ticketWhenUsedThenWorksOnceAndOnly() {
		Answer login = node.login(this.alice);
		String first = ticket(login);
		try (StompClient client = inUrl(first)) {
			StompFrame connected = connect(client);
			assertThat(connected.command()).isEqualTo("CONNECTED");
			assertThat(connected.header("user-name")).isEqualTo(this.alice);
			assertThat(Integer.parseInt(connected.header("expires-in"))).isEqualTo(900);
			client.subscribe("s", "/user/queue/news");
		}
		assertRefused(inUrl(first));
		String second = ticket(login);
		try (StompClient client = StompClient.open(node.port())) {
			assertThat(connect(client, "ticket:" + second).command()).isEqualTo("CONNECTED");
		}
		assertRefused(StompClient.open(node.port()), "ticket:" + second);
	}

	@Test
	void ticketWhenAHundredTryAtOnceThenOneGetsIn() throws Exception {
		String ticket = ticket(node.login(this.alice));
		Tickets tickets = node.bean(Tickets.class);
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
		Answer login = node.login(this.alice);
		String old = ticket(login);
		node.clock().advance(Duration.ofSeconds(30));
		assertRefused(inUrl(old));
		String orphan = ticket(login);
		assertThat(node.call("POST", "/auth/logout", login.text("access_token"), null).status()).isEqualTo(204);
		assertRefused(inUrl(orphan));
	}

	@Test
	void ticketWhenAccountIsDisabledThenIsRefused() {
		String ticket = ticket(node.login(this.alice));
		node.call("PATCH", "/admin/accounts/" + this.alice, node.admin(), Map.of("disabled", true));
		assertRefused(inUrl(ticket));
	}

	@Test
	void ticketWhenUsedThenItsConnectionEndsWithItsSession() {
		Answer login = node.login(this.alice);
		try (StompClient client = inUrl(ticket(login))) {
			connect(client);
			node.call("POST", "/auth/logout", login.text("access_token"), null);
			client.expectError("revoked", 4503);
		}
	}

	@Test
	void ticketWhenAnotherCredentialNamesAnotherUserThenBothAreRefused() {
		Answer alice = node.login(this.alice);
		Answer bob = node.login(this.bob);
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
		Answer login = node.login(this.alice);
		String oldest = ticket(login);
		for (int i = 0; i < 20; i++) {
			node.clock().advance(Duration.ofMillis(1));
			ticket(login);
		}
		String newest = ticket(login);
		JdbcClient jdbc = node.bean(JdbcClient.class);
		List<String> stored = jdbc.sql("SELECT ticket_hash FROM tickets WHERE session_id = ?")
			.param(login.text("session_id"))
			.query(String.class)
			.list();
		assertThat(stored).hasSize(20).doesNotContain(newest).contains(Secret.hash(newest));
		assertRefused(inUrl(oldest));
		node.clock().advance(Duration.ofMinutes(1));
		node.bean(Tickets.class).sweep();
		assertThat(jdbc.sql("SELECT COUNT(*) FROM tickets").query(Long.class).single()).isZero();
	}

	@Test
	void ticketWhenInTheUrlOfACallThenIsRefusedUnread() {
		Answer login = node.login(this.alice);
		Answer answer = node.get("/auth/me?ticket=" + ticket(login), login.text("access_token"));
		assertThat(answer.code()).isEqualTo("token_in_url");
	}

}
