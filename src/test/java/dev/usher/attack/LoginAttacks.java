package dev.usher.attack;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import dev.usher.testing.Answer;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Soak;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Guessing passwords and secrets over HTTP. */
class LoginAttacks {

	private static final int TRIES = 300;

	/** More than may wait for a hash. */
	private static final int STRANGERS = 130;

	/** More than is remembered there: from then on nothing may grow. */
	private static final int FIRST = 2_000;

	private static final int FAILURES = 20_000;

	private static final int CONNECTIONS = 4;

	/** In which a stranger comes back that found no place: a fraction of a hash. */
	private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

	private static final String TOO_LONG = "x".repeat(2100);

	/** A quarter of what it would take to remember all of them. */
	private static final long HEAP = 2 * 1024 * 1024;

	/**
	 * Where {@code usher.login} begins, and what a slow machine may add in the meantime.
	 */
	private static final int PER_ACCOUNT = 10 + 10;

	private static final int PER_ADDRESS = 50 + 20;

	private static final int PER_SECRET = 4 * PER_ADDRESS;

	private final Target target = Targets.tight();

	private Answer login(String username, String password, String address) {
		Answer answer = this.target.post("/auth/login",
				"{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}", "X-Forwarded-For:" + address);
		if (answer.status() == 200) {
			this.target.witness().secret(answer.text("refresh_token"));
		}
		return answer;
	}

	private static long guesses(List<Answer> answers) {
		assertThat(answers)
			.allSatisfy((answer) -> assertThat(answer.code()).isIn("bad_credentials", "too_many_attempts"));
		assertThat(lastRefused(answers, "code").header("Retry-After")).isNotEmpty();
		return answers.stream().filter((answer) -> answer.code().equals("bad_credentials")).count();
	}

	/** The very last may be let in: every so often there is room for one. */
	private static Answer lastRefused(List<Answer> answers, String member) {
		List<Answer> refused = answers.stream()
			.filter((answer) -> answer.status() != 200 && answer.text(member).equals("too_many_attempts"))
			.toList();
		assertThat(refused).isNotEmpty();
		return refused.get(refused.size() - 1);
	}

	@Test
	void passwordWhenGuessedFromEverywhereThenSlowedAndItsOwnerStillGetsIn() {
		this.target.account("guessed");
		String home = "198.51.100.1";
		assertThat(login("guessed", Target.PASSWORD, home).status()).isEqualTo(200);
		List<Answer> answers = IntStream.range(0, TRIES)
			.mapToObj((i) -> login("guessed", "guess" + i, "203.0.113." + i % 256))
			.toList();
		assertThat(guesses(answers)).isLessThanOrEqualTo(PER_ACCOUNT);
		assertThat(login("guessed", Target.PASSWORD, home).status()).isEqualTo(200);
	}

	@Test
	void passwordsWhenSprayedFromOneAddressThenSlowedAndOthersGetIn() {
		this.target.account("sprayed");
		try (StompClient socket = this.target.connect("connected")) {
			List<Answer> answers = IntStream.range(0, TRIES)
				.mapToObj((i) -> login("name" + i, "Password1", "198.51.100.2"))
				.toList();
			assertThat(guesses(answers)).isLessThanOrEqualTo(PER_ADDRESS);
			socket.expectNothing();
		}
		// Every few seconds there is room for one, which is not to be this one's luck.
		while (secondsToWait(login("name", "Password1", "198.51.100.2")) < 3) {
			// Again.
		}
		assertThat(login("sprayed", Target.PASSWORD, "198.51.100.2").code()).isEqualTo("too_many_attempts");
		assertThat(login("sprayed", Target.PASSWORD, "198.51.100.3").status()).isEqualTo(200);
	}

	private static int secondsToWait(Answer answer) {
		return (answer.status() == 429) ? Integer.parseInt(answer.header("Retry-After")) : 0;
	}

	/**
	 * Each with a name and an address of its own, and with a password so long that none
	 * is hashed: the cheapest way there is to make the gateway remember something.
	 */
	@Test
	void loginsWhenThousandsFailThenMemoryIsBoundedAndItsOwnerStillGetsIn() {
		this.target.account("present");
		assertThat(refusals(0, FIRST)).isEqualTo(FIRST);
		Footprint before = Footprint.of(this.target);
		assertThat(refusals(FIRST, FAILURES)).isEqualTo(FAILURES);
		assertThat(login("present", Target.PASSWORD, "198.51.100.8").status()).isEqualTo(200);
		assertThat(Footprint.of(this.target).heap()).isLessThan(before.heap() + HEAP);
	}

	/** How many of so many logins are refused, on a few connections at a time. */
	private long refusals(int from, int count) {
		int each = count / CONNECTIONS;
		return IntStream.range(0, CONNECTIONS).parallel().mapToLong((i) -> refusalsOfOne(from + i * each, each)).sum();
	}

	private long refusalsOfOne(int from, int count) {
		try (RawWebSocket socket = RawWebSocket.send(this.target.port(), failing(from))) {
			return 1 + IntStream.range(from + 1, from + count)
				.filter((number) -> socket.ask(failing(number)).status() == 401)
				.count();
		}
	}

	private static String failing(int number) {
		String json = "{\"username\":\"u" + number + "\",\"password\":\"" + TOO_LONG + "\"}";
		return "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Forwarded-For: 10."
				+ (number >> 16) + '.' + (number >> 8 & 255) + '.' + (number & 255) + "\r\nContent-Length: "
				+ json.length() + "\r\n\r\n" + json;
	}

	/**
	 * From as many networks as there are strangers, and each for a name of its own, so
	 * that neither bucket holds them up: what is left is the queue.
	 */
	@Test
	void loginsWhenStrangersFillTheQueueThenTheOwnerGetsInWhereTheyAreKnown() {
		this.target.account("queued");
		String home = "198.51.100.9";
		assertThat(login("queued", Target.PASSWORD, home).status()).isEqualTo(200);
		CountDownLatch full = new CountDownLatch(1);
		AtomicBoolean over = new AtomicBoolean();
		List<CompletableFuture<Void>> strangers = IntStream.range(0, STRANGERS)
			.mapToObj((i) -> CompletableFuture.runAsync(() -> knock(i, full, over), (task) -> new Thread(task).start()))
			.toList();
		try {
			assertThat(full.await(1, TimeUnit.MINUTES)).isTrue();
			for (int i = 0; i < Soak.of(12); i++) {
				assertThat(login("queued", Target.PASSWORD, home).status()).isEqualTo(200);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			over.set(true);
			strangers.forEach(CompletableFuture::join);
		}
	}

	private void knock(int number, CountDownLatch full, AtomicBoolean over) {
		while (!over.get()) {
			Answer answer = login("stranger" + number, "guess", "203.0." + (number + 1) + ".7");
			if (answer.code().equals("overloaded")) {
				full.countDown();
				// There are more that come back than places that become free meanwhile.
				LockSupport.parkNanos(AGAIN);
			}
		}
	}

	/** One subscriber has 2^64 addresses of IPv6. */
	@Test
	void passwordsWhenSprayedFromOneNetworkOfIpv6ThenSlowed() {
		List<Answer> answers = IntStream.range(0, TRIES)
			.mapToObj((i) -> login("name" + i, "Password1", "2001:db8:1:2::" + Integer.toHexString(i + 1)))
			.toList();
		assertThat(guesses(answers)).isLessThanOrEqualTo(PER_ADDRESS);
	}

	@Test
	void secretsOfServicesWhenGuessedFromOneAddressThenSlowedAndOthersAreNot() {
		List<Answer> answers = IntStream.range(0, PER_SECRET + 50)
			.mapToObj((i) -> service("client" + i, "guess" + i, "198.51.100.6"))
			.toList();
		assertThat(answers.stream().filter((answer) -> answer.status() == 401).count()).isLessThanOrEqualTo(PER_SECRET);
		Answer last = lastRefused(answers, "error");
		assertThat(last.status()).isEqualTo(429);
		assertThat(last.header("Retry-After")).isNotEmpty();
		assertThat(service("client", "guess", "198.51.100.7").status()).isEqualTo(401);
	}

	private Answer service(String client, String secret, String address) {
		return this.target.send(this.target.request("/oauth2/token")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.header("X-Forwarded-For", address)
			.POST(BodyPublishers
				.ofString("grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret)));
	}

	@Test
	void nameWhenUnknownThenTheAnswerIsTheSame() {
		this.target.account("existing");
		Answer known = login("existing", "wrong", "198.51.100.4");
		Answer unknown = login("missing", "wrong", "198.51.100.4");
		assertThat(unknown.response().body()).isEqualTo(known.response().body());
		assertThat(unknown.status()).isEqualTo(known.status());
	}

	/** A line break in what is logged would be a line of the attacker's own. */
	@Test
	void nameWhenItHoldsLinesThenNoLineOfTheLogIsForged() {
		for (String breaking : List.of("\\n", "\\r", "\\u0085", "\\u2028", "\\u001b[2K", "\\u0000")) {
			login("x" + breaking + "forged line " + breaking, "y", "198.51.100.5");
			login("x", "y", "198.51.100.5");
		}
		this.target.refuses(Target.tokenOf("x").claim("sub", "x\nforged line").sign(Target.SECRET), "unauthorized",
				4502);
		assertThat(this.target.process().output()).doesNotContain("\u001b", "\u0000", "\u0085", "\u2028");
		assertThat(this.target.process().output().lines()).noneMatch((line) -> line.startsWith("forged line"));
	}

}
