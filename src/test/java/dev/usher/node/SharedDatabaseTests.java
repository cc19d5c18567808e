package dev.usher.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Two gateways on one PostgreSQL, over real HTTP. */
class SharedDatabaseTests {

	private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

	private static final String OTHER_KEY = Base64.getEncoder()
		.encodeToString("another key of thirty-two bytes.".getBytes());

	private static final String URL = Postgres.newDatabase();

	private static HttpNode first;

	private static HttpNode second;

	@BeforeAll
	static void start() {
		first = node("one", "redis", KEY);
		second = node("two", "redis", KEY);
	}

	@AfterAll
	static void close() {
		second.close();
		first.close();
	}

	private static HttpNode node(String name, String bus, String key) {
		return HttpNode.start(Store.EMBEDDED, "spring.datasource.url=" + URL, "usher.cluster.node=" + name,
				"usher.cluster.bus=" + bus, "usher.token.key=" + key, "usher.login.account-attempts=4",
				"usher.login.account-refill=1h");
	}

	private static String failure(ThrowingCallable start) {
		Throwable failure = catchThrowable(start);
		assertThat(failure).isNotNull();
		return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
	}

	@Test
	void loginsWhenGuessedOnBothNodesThenAreCountedTogether() {
		for (int i = 0; i < 2; i++) {
			assertThat(first.login("alice", "wrong guess").status()).isEqualTo(401);
			assertThat(second.login("Alice", "wrong guess").status()).isEqualTo(401);
		}
		assertThat(first.login("alice", "wrong guess").status()).isEqualTo(429);
		Answer blocked = second.login("alice", "wrong guess");
		assertThat(blocked.status()).isEqualTo(429);
		assertThat(blocked.header("Retry-After")).isNotEmpty();
	}

	@Test
	void loginsWhenTheyEndWellThenCostNothing() {
		first.makeUser("bob", "user");
		for (int i = 0; i < 6; i++) {
			assertThat(first.login("bob").status()).isEqualTo(200);
			assertThat(second.login("bob").status()).isEqualTo(200);
		}
	}

	@Test
	void secondNodeWhenItHasNoBusOrTheSameNameOrAnotherKeyThenIsRefusedInASentence() {
		assertThat(failure(() -> node("three", "none", KEY))).contains("usher.cluster.bus is none");
		assertThat(failure(() -> node("one", "redis", KEY))).contains("name 'one'");
		assertThat(failure(() -> node("three", "redis", OTHER_KEY))).contains("cannot be decrypted with the key in");
	}

	@Test
	void nodeWhenItsClockIsFiveSecondsOffThenIsNotReady() {
		awaitReadyAt(Duration.ZERO);
		first.clock().set(Instant.now().minus(Duration.ofSeconds(40)));
		Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(readiness()).isEqualTo(503));
		awaitReadyAt(Duration.ofSeconds(1));
	}

	/** The clock of a test stands still, so it is set again each time. */
	private static void awaitReadyAt(Duration ahead) {
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			first.clock().set(Instant.now().plus(ahead));
			return readiness() == 200;
		});
	}

	private static int readiness() {
		return first.get("/actuator/health/readiness", null).status();
	}

	@Test
	void nodesWhenOneComesAndGoesThenEachSeesAllThatLive() {
		try (HttpNode third = node("three", "redis", KEY)) {
			Awaitility.await().until(() -> first.bean(NodeLease.class).living().size() == 3);
			assertThat(third.bean(NodeLease.class).living()).extracting("name")
				.containsExactlyInAnyOrder("one", "two", "three");
		}
		Awaitility.await().until(() -> first.bean(NodeLease.class).living().size() == 2);
		Awaitility.await()
			.untilAsserted(() -> assertThat(second.bean(NodeLease.class).living()).extracting("name")
				.containsExactlyInAnyOrder("one", "two"));
	}

}
