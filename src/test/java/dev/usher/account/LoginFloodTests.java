package dev.usher.account;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a stranger who logs in again and again can take from others, and learn. */
class LoginFloodTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.login.account-attempts=1000", "usher.password.hash-threads=1",
				"usher.password.hash-queue=3");
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
			Answer refused = node.login("alice");
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

	@Test
	void floodWhenLoginsWaitThenTheyHoldNoThreadOfTheServer() throws Exception {
		String token = node.login("alice").text("access_token");
		CountDownLatch gate = new CountDownLatch(1);
		CompletableFuture<?> busy = node.bean(HashingExecutor.class).submit(() -> await(gate));
		CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> node.login("alice"));
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

	@Test
	void loginWhenUserIsUnknownThenTakesAsLongAsForAKnownOne() {
		// Medians of interleaved tries; without a hash an unknown name takes a tenth.
		long[] known = new long[15];
		long[] unknown = new long[15];
		for (int i = 0; i < known.length; i++) {
			known[i] = time("alice");
			unknown[i] = time("nobody-here");
		}
		Arrays.sort(known);
		Arrays.sort(unknown);
		double ratio = (double) unknown[unknown.length / 2] / known[known.length / 2];
		assertThat(ratio).isBetween(0.5, 2.0);
	}

	private static long time(String username) {
		long start = System.nanoTime();
		node.login(username, "not the password");
		return System.nanoTime() - start;
	}

}
