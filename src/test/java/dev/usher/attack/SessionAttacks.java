package dev.usher.attack;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.usher.attack.Target.Login;
import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.token.Secret;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who goes on after it is over, and who uses what was somebody else's. */
class SessionAttacks {

	private static final int SOCKETS = 1000;

	private static final int OPENERS = 8;

	private final Target target = Targets.usual();

	private boolean isOver(Login login) {
		return this.target.call("GET", "/auth/me", login.token(), null).code().equals("revoked");
	}

	@Test
	void refreshTokenWhenUsedAgainThenThiefAndOwnerAreBothOut() {
		Login login = this.target.account("robbed");
		Answer first = this.target.refresh(login.refreshToken());
		Answer thief = this.target.refresh(this.target.witness().secret(first.text("refresh_token")));
		String stolen = this.target.witness().secret(thief.text("refresh_token"));
		try (StompClient socket = this.target.connectWith(thief.text("access_token"))) {
			assertThat(this.target.refresh(login.refreshToken()).code()).isEqualTo("refresh_reused");
			socket.expectError("revoked", 4503);
		}
		assertThat(this.target.refresh(stolen).status()).isEqualTo(401);
		assertThat(isOver(login)).isTrue();
	}

	@Test
	void refreshTokenWhenOwnerNamedTheNextThenAThiefOfTheOldGetsNothing() {
		Login login = this.target.account("forgiven");
		String next = this.target.witness().secret(Secret.create());
		Map<String, String> lost = Map.of("refresh_token", login.refreshToken(), "next", next);
		assertThat(this.target.call("POST", "/auth/refresh", null, lost).status()).isEqualTo(200);
		assertThat(this.target.refresh(login.refreshToken()).code()).isEqualTo("refresh_invalid");
		Map<String, String> guess = Map.of("refresh_token", login.refreshToken(), "next", "g".repeat(43));
		assertThat(this.target.call("POST", "/auth/refresh", null, guess).code()).isEqualTo("refresh_invalid");
		Answer again = this.target.call("POST", "/auth/refresh", null, lost);
		assertThat(again.text("refresh_token")).endsWith("." + next);
		assertThat(isOver(login)).isFalse();
	}

	@Test
	void refreshTokenWhenUsedByManyAtOnceThenAllGetOneSuccessorWhichWorksOnce() {
		Login login = this.target.account("raced");
		List<CompletableFuture<Answer>> racing = Stream.generate(() -> login.refreshToken())
			.limit(8)
			.map((token) -> CompletableFuture.supplyAsync(() -> this.target.refresh(token)))
			.toList();
		List<String> successors = racing.stream()
			.map(CompletableFuture::join)
			.map((answer) -> this.target.witness().secret(answer.text("refresh_token")))
			.distinct()
			.toList();
		assertThat(successors).hasSize(1);
		assertThat(isOver(login)).isFalse();
		Answer next = this.target.refresh(successors.get(0));
		this.target.witness().secret(next.text("refresh_token"));
		assertThat(this.target.refresh(login.refreshToken()).code()).isEqualTo("refresh_reused");
		assertThat(isOver(login)).isTrue();
	}

	@Test
	void sessionWhenItIsSomebodyElsesThenItCannotBeEndedNorSeen() {
		Login owner = this.target.account("owner");
		Login other = this.target.account("other");
		assertThat(this.target.call("DELETE", "/auth/sessions/" + owner.sessionId(), other.token(), null).code())
			.isEqualTo("not_found");
		assertThat(this.target.call("GET", "/auth/sessions", other.token(), null).response().body())
			.doesNotContain(owner.sessionId());
		assertThat(isOver(owner)).isFalse();
	}

	@Test
	void logoutWhenAThousandSocketsAreOpenThenAllHaveEndedBeforeItIsAnswered() {
		Login login = this.target.account("crowd");
		List<StompClient> sockets = open(login.token());
		try {
			assertThat(hasConnections("crowd")).isTrue();
			assertThat(this.target.call("POST", "/auth/logout", login.token(), null).status()).isEqualTo(204);
			assertThat(hasConnections("crowd")).isFalse();
			sockets.forEach((socket) -> socket.expectError("revoked", 4503));
		}
		finally {
			sockets.forEach(StompClient::close);
		}
		this.target.refuses(login.token(), "revoked", 4503);
		assertThat(this.target.refresh(login.refreshToken()).status()).isEqualTo(401);
	}

	/** Several at once: each has two answers to wait for. */
	private List<StompClient> open(String token) {
		ExecutorService openers = Executors.newFixedThreadPool(OPENERS);
		try {
			List<CompletableFuture<StompClient>> opening = Stream
				.generate(() -> CompletableFuture.supplyAsync(() -> this.target.connectWith(token), openers))
				.limit(SOCKETS)
				.toList();
			return opening.stream().map(CompletableFuture::join).toList();
		}
		finally {
			openers.shutdown();
		}
	}

	private boolean hasConnections(String user) {
		Answer answer = this.target.call("GET", "/admin/connections?username=" + user, this.target.admin(), null);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return !answer.json().path("connections").isEmpty();
	}

	/**
	 * Of a user who has no account here, so that nothing but the revocation can do it.
	 */
	@Test
	void revocationWhenAThousandSocketsAreOpenThenAllHaveEndedBeforeItIsAnswered() {
		String token = Target.token("partner|crowd");
		List<StompClient> sockets = open(token);
		try (StompClient other = this.target.connect("partner|other")) {
			assertThat(hasConnections("partner%7Ccrowd")).isTrue();
			assertThat(revoke(Map.of("username", "partner|crowd")).status()).isEqualTo(201);
			assertThat(hasConnections("partner%7Ccrowd")).isFalse();
			sockets.forEach((socket) -> socket.expectError("revoked", 4503));
			other.expectNothing();
		}
		finally {
			sockets.forEach(StompClient::close);
		}
		this.target.refuses(token, "revoked", 4503);
	}

	@Test
	void revocationWhenOfOneTokenThenItDiesAndTheOthersLive() {
		String stolen = Target.tokenOf("partner|ann").claim("jti", "stolen").sign(Target.SECRET);
		try (StompClient thief = this.target.connectWith(stolen);
				StompClient owner = this.target.connect("partner|ann")) {
			assertThat(revoke(Map.of("token_id", "stolen")).status()).isEqualTo(201);
			thief.expectError("revoked", 4503);
			owner.expectNothing();
		}
		this.target.refuses(stolen, "revoked", 4503);
	}

	@Test
	void revocationWhenNoAdministratorAsksThenForbidden() {
		Answer answer = this.target.call("POST", "/admin/revocations", Target.token("ann"),
				Map.of("username", "admin"));
		assertThat(answer.code()).isEqualTo("forbidden");
		assertThat(this.target.call("GET", "/auth/me", this.target.admin(), null).status()).isEqualTo(200);
	}

	private Answer revoke(Map<String, Object> what) {
		return this.target.call("POST", "/admin/revocations", this.target.admin(), what);
	}

	@Test
	void accountWhenItIsDisabledThenItsSocketsEndAndItComesNoMore() {
		Login login = this.target.account("fired");
		try (StompClient socket = this.target.connectWith(login.token())) {
			Answer answer = this.target.call("PATCH", "/admin/accounts/fired", this.target.admin(),
					Map.of("disabled", true));
			assertThat(answer.status()).isEqualTo(200);
			socket.expectError("revoked", 4503);
		}
		assertThat(this.target.refresh(login.refreshToken()).status()).isEqualTo(401);
		Answer again = this.target.call("POST", "/auth/login", null,
				Map.of("username", "fired", "password", Target.PASSWORD));
		assertThat(again.code()).isEqualTo("bad_credentials");
	}

	@Test
	void passwordWhenItsOwnerChangesItThenWhoeverKnewItIsOut() {
		Login owner = this.target.account("careful");
		Login thief = this.target.login("careful", Target.PASSWORD);
		try (StompClient socket = this.target.connectWith(thief.token());
				StompClient kept = this.target.connectWith(owner.token())) {
			String next = this.target.witness().secret("a much better one, 2 words");
			Answer changed = this.target.call("POST", "/auth/password", owner.token(),
					Map.of("current_password", Target.PASSWORD, "new_password", next));
			assertThat(changed.status()).isEqualTo(204);
			socket.expectError("revoked", 4503);
			kept.expectNothing();
		}
		assertThat(isOver(thief)).isTrue();
		assertThat(this.target.refresh(thief.refreshToken()).status()).isEqualTo(401);
	}

	/**
	 * At full rate and by the real clock. What counts is when a message was sent: one
	 * sent at the token's end or later must not arrive.
	 */
	@Test
	void tokenWhenItEndsWhileMessagesStreamThenNoneArrivesThatWasSentLater() {
		long exp = Instant.now().plusSeconds(8).getEpochSecond();
		AtomicBoolean over = new AtomicBoolean();
		try (StompClient reader = this.target
			.connectWith(Target.tokenOf("brief").claim("exp", exp).sign(Target.SECRET));
				StompClient writer = this.target.connect("writer")) {
			reader.subscribe("a", "/topic/stream");
			CompletableFuture<Void> stream = CompletableFuture.runAsync(() -> publishUntil(over, writer),
					(task) -> new Thread(task).start());
			int before = 0;
			StompFrame frame = reader.read();
			while (frame.command().equals("MESSAGE")) {
				assertThat(Long.parseLong(frame.text())).isLessThan(exp * 1000);
				before++;
				frame = reader.read();
			}
			assertThat(before).isGreaterThan(100);
			assertThat(frame.header("code")).isEqualTo("token_expired");
			reader.expectClose(4012, "token_expired");
			// Messages were sent at the end and later, or nothing is shown.
			assertThat(stream).isNotDone();
			over.set(true);
			stream.join();
		}
	}

	/**
	 * As fast as the limit of frames lets: a thousand a second, each with its receipt.
	 */
	private static void publishUntil(AtomicBoolean over, StompClient writer) {
		while (!over.get()) {
			StompFrame now = StompFrame.of("SEND", "destination:/topic/stream");
			writer.receipt(now.body(Long.toString(System.currentTimeMillis())));
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
		}
	}

	@Test
	void tokenWhenItHasEndedThenItOpensNothing() {
		long past = Instant.now().getEpochSecond() - 1;
		String token = Target.tokenOf("ann").claim("exp", past).sign(Target.SECRET);
		assertThat(this.target.refuses(token, "token_expired", 4012).header("retry")).isEqualTo("refresh");
		assertThat(this.target.call("GET", "/auth/me", token, null).status()).isEqualTo(401);
	}

	@Test
	void tokenWhenItIsRenewedWithFewerRightsThenSubscriptionsItNoLongerAllowsEnd() {
		String more = Target.tokenOf("ann").claim("subscribe", List.of("/queue/vip")).sign(Target.SECRET);
		try (StompClient client = this.target.connectWith(more)) {
			client.subscribe("a", "/queue/vip");
			client.send("SEND", "destination:/app/auth", "Authorization:Bearer " + Target.token("ann"))
				.expectError("forbidden", 4504);
		}
	}

}
