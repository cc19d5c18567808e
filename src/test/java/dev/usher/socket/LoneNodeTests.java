package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.usher.presence.PatientPresence;
import dev.usher.presence.Presence;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A node without others writes no rows of connections, and begins when one comes. */
class LoneNodeTests {

	private static final String KEY = "usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

	private static RedisServer redis;

	private final List<StompClient> opened = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
	}

	@AfterAll
	static void stop() {
		redis.close();
	}

	@AfterEach
	void closeAll() {
		this.opened.forEach(StompClient::close);
	}

	private static TestGateway node(String name, String database) {
		return TestGateway.with(PatientPresence.class,
				redis.properties("usher.cluster.node=" + name, "spring.datasource.url=" + database, KEY,
						"usher.drain=0s", "usher.connect.per-user=3", "usher.connect.timeout=60s"));
	}

	private String connect(TestGateway node) {
		return NodePair.connect(node, "ann", this.opened);
	}

	@Test
	void nodeWhenItIsAloneThenWritesNothingAndAllThatThereIsOnceAnotherComes() {
		String database = Postgres.newMigratedDatabase();
		try (TestGateway first = node("first", database)) {
			for (int i = 0; i < 3; i++) {
				assertThat(connect(first)).isEqualTo("CONNECTED");
			}
			assertThat(first.bean(Presence.class).reserves()).isFalse();
			assertThat(NodePair.rows(first, "ann")).isZero();
			try (TestGateway second = node("second", database)) {
				NodePair.awaitCounting(second);
				Await.within(20, () -> NodePair.rows(second, "ann") == 3);
				assertThat(connect(second)).isEqualTo("overloaded");
				this.opened.get(0).close();
				Await.until(() -> NodePair.rows(second, "ann") == 2);
				assertThat(connect(second)).isEqualTo("CONNECTED");
				assertThat(connect(first)).isEqualTo("overloaded");
			}
			Await.within(20, () -> !first.bean(Presence.class).reserves());
			assertThat(connect(first)).isEqualTo("CONNECTED");
			assertThat(NodePair.rows(first, "ann")).as("as it was while there were two").isEqualTo(2);
		}
	}

	@Test
	void nodeWhenItsDatabaseIsEmbeddedThenCountsAlone() {
		try (TestGateway embedded = TestGateway.start(redis.properties(KEY, "usher.connect.per-user=1"))) {
			assertThat(embedded.bean(Presence.class)).hasSameClassAs(Presence.ofOneNode());
			assertThat(connect(embedded)).isEqualTo("CONNECTED");
			assertThat(connect(embedded)).isEqualTo("overloaded");
		}
	}

}
