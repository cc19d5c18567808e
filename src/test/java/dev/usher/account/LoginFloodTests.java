package dev.usher.account;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.webmvc.autoconfigure.WebMvcProperties;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a stranger who logs in again and again can take from others, and learn. */
class LoginFloodTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.startWithCostlyHashes(Store.EMBEDDED, "usher.login.account-attempts=1000",
				"usher.password.hash-threads=1", "usher.password.hash-queue=3");
		node.makeUser("alice", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@Test
	void floodWhenHashingIsSaturatedThenLoginsAreRefusedAndTheRestIsServed() throws Exception {
		String token = node.login("alice").text("access_token");
		HashingExecutor executor = node.bean(HashingExecutor.class);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		List<CompletableFuture<?>> waiting = new ArrayList<>();
		waiting.add(executor.submit(() -> {
			started.countDown();
			return await(gate);
		}));
		started.await();
		for (int i = 0; i < 3; i++) {
			waiting.add(executor.submit(() -> "done"));
		}
		for (int i = 0; i < 300; i++) {
			Answer refused = node.login("nobody");
			assertThat(refused.code()).isEqualTo("overloaded");
			assertThat(refused.status()).isEqualTo(503);
			assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 5);
		}
		assertThat(node.get("/auth/me", token).status()).isEqualTo(200);
		assertThat(node.get("/actuator/health", null).status()).isEqualTo(200);
		gate.countDown();
		for (CompletableFuture<?> each : waiting) {
			each.get();
		}
		assertThat(node.login("alice").status()).isEqualTo(200);
	}

	/** Two of a name have places of their own here, and they take turns with the rest. */
	@Test
	void floodWhenStrangersFillTheQueueThenPlacesAreKeptForTheKnown() throws Exception {
		HashingExecutor executor = new HashingExecutor(new PasswordProperties(8, 1, 20));
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		List<String> done = Collections.synchronizedList(new ArrayList<>());
		List<CompletableFuture<?>> all = new ArrayList<>();
		all.add(executor.submit(() -> {
			started.countDown();
			return await(gate);
		}));
		started.await();
		for (int i = 0; i < 20; i++) {
			all.add(executor.submit(() -> done.add("stranger")));
		}
		assertThat(executor.submit(() -> "no place")).isCompletedExceptionally();
		all.add(executor.submit("alice", () -> done.add("alice")));
		all.add(executor.submit("alice", () -> done.add("alice")));
		assertThat(executor.submit("alice", () -> "beyond her share")).isCompletedExceptionally();
		for (int i = 0; i < 9; i++) {
			String name = "user" + i;
			all.add(executor.submit(name, () -> done.add(name)));
			all.add(executor.submit(name, () -> done.add(name)));
		}
		assertThat(executor.submit("one-too-many", () -> "no place")).isCompletedExceptionally();
		gate.countDown();
		for (CompletableFuture<?> each : all) {
			each.get();
		}
		assertThat(done).hasSize(40);
		assertThat(done.subList(0, 4)).containsExactlyInAnyOrder("alice", "stranger", "alice", "stranger");
		assertThat(executor.submit("alice", () -> "again").get()).isEqualTo("again");
		executor.destroy();
	}

	/** The client was told no: a session that begins later would be nobody's. */
	@Test
	void workWhenItHasWaitedForTooLongThenIsRefusedAndNeverBegins() throws Exception {
		HashingExecutor executor = new HashingExecutor("test-", 1, 20, Duration.ofMillis(50));
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		List<String> begun = Collections.synchronizedList(new ArrayList<>());
		CompletableFuture<?> first = executor.submit(() -> {
			started.countDown();
			return await(gate);
		});
		started.await();
		CompletableFuture<?> stranger = executor.submit(() -> begun.add("stranger"));
		CompletableFuture<?> known = executor.submit("alice", () -> begun.add("alice"));
		CompletableFuture<String> told = stranger.handle((done, failure) -> Thread.currentThread().getName());
		for (CompletableFuture<?> each : List.of(stranger, known)) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(each::get)
				.havingCause()
				.isInstanceOfSatisfying(RefusedException.class,
						(refusal) -> assertThat(refusal.reason()).isEqualTo(Reason.OVERLOADED));
		}
		// It is the only one for all times of the process, and the next may ask a
		// database.
		assertThat(told.get()).doesNotContain("DelayScheduler");
		gate.countDown();
		first.get();
		// Their places are free again as soon as a thread is.
		Awaitility.await().until(() -> executor.waiting() == 0);
		assertThat(begun).isEmpty();
		executor.destroy();
	}

	/** Spring MVC would refuse what goes on all the same. */
	@Test
	void requestsWhenTheyWaitThenForLongerThanAnyLoginDoes() {
		Duration timeout = node.bean(WebMvcProperties.class).getAsync().getRequestTimeout();
		assertThat(timeout).isGreaterThan(HashingExecutor.LONGEST_WAIT.plus(ProviderProperties.MAX));
	}

	@Test
	void floodWhenStrangersFillTheQueueThenWhoLoggedInThereBeforeGetsIn() throws Exception {
		assertThat(node.login("alice").status()).isEqualTo(200);
		HashingExecutor executor = node.bean(HashingExecutor.class);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		List<CompletableFuture<?>> waiting = new ArrayList<>();
		waiting.add(executor.submit(() -> {
			started.countDown();
			return await(gate);
		}));
		started.await();
		for (int i = 0; i < 3; i++) {
			waiting.add(executor.submit(() -> "done"));
		}
		assertThat(node.login("nobody").code()).isEqualTo("overloaded");
		CompletableFuture<Answer> owner = CompletableFuture.supplyAsync(() -> node.login("alice"));
		Awaitility.await().until(() -> owner.isDone() || executor.waiting() == 4);
		gate.countDown();
		assertThat(owner.get().status()).isEqualTo(200);
		for (CompletableFuture<?> each : waiting) {
			each.get();
		}
	}

	@Test
	void floodWhenLoginsWaitThenTheyHoldNoThreadOfTheServer() throws Exception {
		String token = node.login("alice").text("access_token");
		HashingExecutor executor = node.bean(HashingExecutor.class);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		CompletableFuture<?> busy = executor.submit(() -> {
			started.countDown();
			return await(gate);
		});
		started.await();
		CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> node.login("alice"));
		Awaitility.await().until(() -> executor.waiting() == 1);
		assertThat(node.get("/auth/me", token).status()).isEqualTo(200);
		assertThat(waiting).isNotDone();
		gate.countDown();
		busy.get();
		assertThat(waiting.get().status()).isEqualTo(200);
	}

	private static String await(CountDownLatch gate) {
		try {
			gate.await();
			return "done";
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The time of a hash is that of its kind and its parameters. So what is compared are
	 * these: a clock cannot tell a difference that somebody with patience can.
	 */
	@Test
	void loginWhenItFailsThenTheSameHashIsComputedOnceWhateverIsWrong() {
		CountingHashing hashing = new CountingHashing();
		Accounts accounts = new Accounts(node.bean(AccountRepository.class), hashing, node.bean(PasswordRules.class),
				node.bean(HashingExecutor.class), node.bean(TransactionTemplate.class), (event) -> {
				});
		node.makeUser("away");
		node.call("PATCH", "/admin/accounts/away", node.admin(), Map.of("disabled", true));
		node.bean(AccountRepository.class)
			.insert("shown", hashing.hash("wonderland"), Set.of(), node.clock().instant(), true);
		for (String[] login : new String[][] { { "nobody-here", "wrong" }, { "alice", "wrong" },
				{ "away", HttpNode.PASSWORD }, { "shown", "wonderland" }, { "no name\u0000", "wrong" },
				{ "x".repeat(1000), "wrong" } }) {
			hashing.parameters.clear();
			assertThat(accounts.authenticate(login[0], login[1], false, (account) -> "in")).as(login[0])
				.failsWithin(Duration.ofMinutes(1));
			assertThat(hashing.parameters).as(login[0]).containsExactly("{argon2}$argon2id$v=19$m=19456,t=2,p=1");
		}
	}

	@Test
	void hashWhenItIsMadeOrUpgradedThenItCostsWhatItShould() {
		AccountRepository repository = node.bean(AccountRepository.class);
		repository.insert("veteran", "{bcrypt}" + new BCryptPasswordEncoder(4).encode("an old password"), Set.of(),
				node.clock().instant(), false);
		assertThat(node.login("veteran", "an old password").status()).isEqualTo(200);
		for (String name : List.of("alice", "veteran")) {
			assertThat(repository.find(name).orElseThrow().passwordHash()).as(name)
				.startsWith("{argon2}$argon2id$v=19$m=19456,t=2,p=1$");
		}
	}

	/** Writes down what is computed, but for its salt and its outcome. */
	private static final class CountingHashing extends PasswordHashing {

		private final List<String> parameters = Collections.synchronizedList(new ArrayList<>());

		@Override
		boolean matches(String password, String hash) {
			this.parameters.add(hash.substring(0, hash.lastIndexOf('$', hash.lastIndexOf('$') - 1)));
			return super.matches(password, hash);
		}

	}

}
