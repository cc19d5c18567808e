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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Two gateways on one PostgreSQL, over real HTTP. */
class SharedDatabaseTests {

	private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

	private static final String OTHER_KEY = Base64.getEncoder()
		.encodeToString("another key of thirty-two bytes.".getBytes());

	private final String url = Postgres.newDatabase();

	private HttpNode first;

	@BeforeEach
	void start() {
		this.first = node("one", "redis", KEY);
	}

	@AfterEach
	void close() {
		this.first.close();
	}

	private HttpNode node(String name, String bus, String key) {
		return HttpNode.start(Store.EMBEDDED, "spring.datasource.url=" + this.url, "usher.cluster.node=" + name,
				"usher.cluster.bus=" + bus, "usher.token.key=" + key, "usher.login.account-attempts=4");
	}

	private static String failure(ThrowingCallable start) {
		Throwable failure = catchThrowable(start);
		assertThat(failure).isNotNull();
		return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
	}

	@Test
	void loginsWhenGuessedOnBothNodesThenAreCountedTogether() {
		try (HttpNode second = node("two", "redis", KEY)) {
			for (int i = 0; i < 2; i++) {
				assertThat(this.first.login("alice", "wrong guess").status()).isEqualTo(401);
				assertThat(second.login("Alice", "wrong guess").status()).isEqualTo(401);
			}
			assertThat(this.first.login("alice", "wrong guess").status()).isEqualTo(429);
			Answer blocked = second.login("alice", "wrong guess");
			assertThat(blocked.status()).isEqualTo(429);
			assertThat(blocked.header("Retry-After")).isNotEmpty();
		}
	}

	@Test
	void loginsWhenTheyEndWellThenCostNothing() {
		this.first.makeUser("bob", "user");
		try (HttpNode second = node("two", "redis", KEY)) {
			for (int i = 0; i < 6; i++) {
				assertThat(this.first.login("bob").status()).isEqualTo(200);
				assertThat(second.login("bob").status()).isEqualTo(200);
			}
		}
	}

	@Test
	void secondNodeWhenItHasNoBusOrTheSameNameOrAnotherKeyThenIsRefusedInASentence() {
		assertThat(failure(() -> node("two", "none", KEY))).contains("usher.cluster.bus is none");
		assertThat(failure(() -> node("one", "redis", KEY))).contains("name 'one'");
		assertThat(failure(() -> node("two", "redis", OTHER_KEY))).contains("cannot be decrypted with the key in");
	}

	@Test
	void nodeWhenItsClockIsFiveSecondsOffThenIsNotReady() {
		this.first.clock().set(Instant.now());
		Awaitility.await().until(() -> readiness() == 200);
		this.first.clock().set(Instant.now().minus(Duration.ofSeconds(40)));
		Awaitility.await().untilAsserted(() -> assertThat(readiness()).isEqualTo(503));
		this.first.clock().set(Instant.now().plus(Duration.ofSeconds(1)));
		Awaitility.await().until(() -> readiness() == 200);
	}

	private int readiness() {
		return this.first.get("/actuator/health/readiness", null).status();
	}

	@Test
	void nodesWhenTwoLiveThenEachSeesBoth() {
		try (HttpNode second = node("two", "redis", KEY)) {
			Awaitility.await().until(() -> this.first.bean(NodeLease.class).living().size() == 2);
			assertThat(second.bean(NodeLease.class).living()).extracting("name")
				.containsExactlyInAnyOrder("one", "two");
		}
		Awaitility.await().until(() -> this.first.bean(NodeLease.class).living().size() == 1);
	}

}
