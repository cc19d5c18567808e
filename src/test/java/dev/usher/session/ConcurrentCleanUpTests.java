package dev.usher.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clean-ups of several nodes at once, and beside refreshes. The embedded database has one
 * node, whose clean-ups run on two threads.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ConcurrentCleanUpTests {

	private static final String KEY = "usher.token.key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

	private static final int SESSIONS = 40;

	private static final String BUS = "usher.cluster.bus=redis";

	/** Sessions need none. */
	private static final String NO_REDIS = "spring.data.redis.port=1";

	private final List<HttpNode> nodes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.nodes.forEach(HttpNode::close);
	}

	private HttpNode start(Store store) {
		if (store == Store.EMBEDDED) {
			this.nodes.add(HttpNode.start(store));
			return this.nodes.get(0);
		}
		String database = "spring.datasource.url=" + Postgres.newMigratedDatabase();
		for (int i = 0; i < 2; i++) {
			this.nodes.add(HttpNode.start(Store.EMBEDDED, database, KEY, BUS, NO_REDIS));
			this.nodes.get(i).clock().set(this.nodes.get(0).clock().instant());
		}
		return this.nodes.get(0);
	}

	private void advance(Duration by) {
		this.nodes.forEach((each) -> each.clock().advance(by));
	}

	private HttpNode last() {
		return this.nodes.get(this.nodes.size() - 1);
	}

	@ParameterizedTest
	@EnumSource
	void cleanUpWhenTwoNodesDoSoAtOnceThenEachSessionEndsOnce(Store store) {
		HttpNode node = start(store);
		node.makeUser("ann");
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < SESSIONS; i++) {
			ids.add(insert(node, "%022d".formatted(i)));
		}
		advance(Duration.ofDays(30));
		CyclicBarrier barrier = new CyclicBarrier(2);
		CompletableFuture<Void> one = cleanUp(node, barrier);
		CompletableFuture<Void> two = cleanUp(last(), barrier);
		one.join();
		two.join();
		List<String> revoked = node.bean(JdbcClient.class)
			.sql("SELECT target FROM revocations WHERE kind = 'SESSION'")
			.query(String.class)
			.list();
		assertThat(revoked).containsAll(ids).doesNotHaveDuplicates();
		assertThat(count(node, "SPRING_SESSION")).isZero();
		assertThat(count(node, "sessions")).isZero();
	}

	/** As a login does, which would hash a password for each. */
	private static String insert(HttpNode node, String sessionId) {
		NewSession opening = new NewSession(Device.of("test", null, null), null, null);
		String storeId = node.bean(SessionStore.class).create("ann", sessionId, opening.device(), null);
		node.bean(SessionTable.class).insert(sessionId, storeId, RefreshToken.create(), opening, null);
		return sessionId;
	}

	private static CompletableFuture<Void> cleanUp(HttpNode node, CyclicBarrier barrier) {
		return CompletableFuture.runAsync(() -> {
			try {
				barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			node.bean(JdbcIndexedSessionRepository.class).cleanUpExpiredSessions();
		}, (task) -> new Thread(task).start());
	}

	private static long count(HttpNode node, String table) {
		return node.bean(JdbcClient.class).sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
	}

	/** The refresh has not committed when the clean-up finds the session expired. */
	@ParameterizedTest
	@EnumSource
	void cleanUpWhenARefreshLengthensTheSessionMeanwhileThenItGoesOn(Store store) {
		HttpNode node = start(store);
		node.makeUser("ann");
		Answer login = node.login("ann");
		SessionTable table = node.bean(SessionTable.class);
		SessionRow row = table.find(login.text("session_id")).orElseThrow();
		RefreshToken next = RefreshToken.create();
		advance(Duration.ofDays(30));
		CompletableFuture<Void> cleanUp = node.bean(TransactionTemplate.class).execute((status) -> {
			assertThat(table.rotate(row, next, node.clock().instant(), node.clock().instant().plusSeconds(60)))
				.isTrue();
			CompletableFuture<Void> started = cleanUp(last(), new CyclicBarrier(1));
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> isWaiting(node, store));
			return started;
		});
		cleanUp.join();
		assertThat(table.find(login.text("session_id"))).isPresent();
		assertThat(node.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM revocations WHERE target = ?")
			.param(login.text("session_id"))
			.query(Long.class)
			.single()).isZero();
	}

	/** Whether a connection to the database waits for another's lock. */
	private static boolean isWaiting(HttpNode node, Store store) {
		String sql = (store == Store.POSTGRES)
				? "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid IN "
						+ "(SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
				: "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL";
		return node.bean(JdbcClient.class).sql(sql).query(Long.class).single() > 0;
	}

}
