package dev.usher.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.usher.cluster.ClusterProperties.WhenBlind;
import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import dev.usher.testing.Migrations;
import dev.usher.testing.Postgres;
import dev.usher.thread.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The polling thread goes on, whatever is thrown on it and whether or not the database is
 * there.
 */
class ChangeFeedTests {

	private final RevokedTargets targets = new RevokedTargets();

	private ChangeFeed start(JdbcTemplate jdbc) {
		return start(jdbc, Duration.ofMillis(10), this.targets);
	}

	private ChangeFeed start(JdbcTemplate jdbc, Duration poll, PolledTable<String> table) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("table", table);
		ClusterProperties properties = new ClusterProperties(poll, Duration.ofMinutes(1), WhenBlind.CLOSE, null);
		ChangeFeed feed = new ChangeFeed(jdbc, new Changes(jdbc), properties,
				beans.getBeanProvider(ResolvableType.forClass(PolledTable.class)));
		feed.afterSingletonsInstantiated();
		return feed;
	}

	private static void revoke(JdbcTemplate jdbc, String target) {
		jdbc.update("INSERT INTO revocations (kind, target, expires_at) VALUES ('TOKEN', ?, 1)", target);
	}

	private static DriverManagerDataSource database(String url) {
		return new DriverManagerDataSource(url);
	}

	@Test
	void threadWhenErrorsAreThrownOnItThenItCountsThemAndTheRowIsHeardOfAllTheSame() {
		JdbcTemplate jdbc = new JdbcTemplate(database(Postgres.newMigratedDatabase()));
		this.targets.failing(3, () -> {
			throw new StackOverflowError("thrown by a test");
		});
		ChangeFeed feed = start(jdbc);
		revoke(jdbc, "one");
		Await.until(() -> this.targets.heard().contains("one"));
		assertThat(feed.failed()).isEqualTo(3);
		assertThat(feed.workers()).hasSize(1);
		feed.destroy();
	}

	@Test
	void databaseWhenItIsAwayThenTheLagGrowsAndWhatWasEndedMeanwhileIsHeardOfAfterwards() {
		String url = Postgres.newMigratedDatabase();
		JdbcTemplate jdbc = new JdbcTemplate(database(url));
		String name = jdbc.queryForObject("SELECT current_database()", String.class);
		ChangeFeed feed = start(jdbc);
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		new ChangeMeters(feed).bindTo(meters);
		revoke(jdbc, "before");
		Await.until(() -> this.targets.heard().contains("before"));
		Postgres.sendAway(name);
		Await.until(() -> feed.failed() > 0 && feed.age().toMillis() > 100);
		assertThat(meters.get("usher.changes.lag").gauge().value()).isGreaterThan(0.1);
		assertThat(meters.get("usher.changes.failed").functionCounter().count()).isPositive();
		Postgres.letBack(name);
		revoke(jdbc, "after");
		Await.until(() -> this.targets.heard().contains("after"));
		feed.destroy();
	}

	@Test
	void poolWhenItIsUsedUpThenTheNodeHearsAllTheSame() throws SQLException {
		String url = Postgres.newMigratedDatabase();
		JdbcTemplate elsewhere = new JdbcTemplate(database(url));
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		config.setMaximumPoolSize(1);
		try (HikariDataSource pool = new HikariDataSource(config)) {
			ChangeFeed feed = start(new JdbcTemplate(pool));
			try (Connection last = pool.getConnection()) {
				assertThat(last.isValid(1)).isTrue();
				revoke(elsewhere, "heard");
				Await.until(() -> this.targets.heard().contains("heard"));
			}
			feed.destroy();
		}
	}

	@Test
	void hintsWhenACrowdOfThemComesThenAreTakenInTogether() {
		JdbcTemplate jdbc = new JdbcTemplate(database(Postgres.newMigratedDatabase()));
		ChangeFeed feed = start(jdbc, Duration.ofSeconds(10), this.targets);
		Worker worker = feed.workers().get(0);
		Await.until(() -> worker.progress().getAsLong() >= 1);
		revoke(jdbc, "hinted");
		for (int i = 0; i < 10_000; i++) {
			feed.pollSoon();
		}
		Await.until(() -> this.targets.heard().contains("hinted"));
		// One poll for each hint would go on for much longer.
		Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> worker.progress().getAsLong() < 100);
		feed.destroy();
		feed.pollSoon();
	}

	@Test
	void pollWhenItIsUnderWayAtTheEndThenEndsInPeace() throws InterruptedException {
		String url = Postgres.newMigratedDatabase();
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url);
		JdbcTemplate elsewhere = new JdbcTemplate(database(url));
		HeldTable held = new HeldTable();
		try (LogReader log = new LogReader(); HikariDataSource pool = new HikariDataSource(config)) {
			ChangeFeed feed = start(new JdbcTemplate(pool), Duration.ofMillis(10), held);
			revoke(elsewhere, "last");
			assertThat(held.reading.await(20, TimeUnit.SECONDS)).isTrue();
			Thread end = new Thread(feed::destroy);
			end.start();
			Await.until(() -> end.getState() == Thread.State.TIMED_WAITING || !end.isAlive());
			held.goOn.countDown();
			end.join();
			assertThat(held.applied.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(feed.failed()).isZero();
			// The pools of other tests in this process log as well.
			assertThat(log.lines()).filteredOn((line) -> line.startsWith("dev.usher.cluster."))
				.noneMatch((line) -> line.contains("Exception"));
		}
	}

	@Test
	void embeddedDatabaseWhenUsedThenNothingIsPolledOrWritten() {
		JdbcTemplate jdbc = new JdbcTemplate(database(Migrations.newMemoryDatabase()));
		ChangeFeed feed = start(jdbc);
		new Changes(jdbc).record(Change.Kind.ACCOUNT, "ann");
		assertThat(feed.polls()).isFalse();
		assertThat(feed.age()).isZero();
		feed.destroy();
	}

	/** Holds its reader up in the middle of a row, on the connection. */
	private static final class HeldTable extends RevokedTargets {

		private final CountDownLatch reading = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		private final CountDownLatch applied = new CountDownLatch(1);

		@Override
		public String read(ResultSet row) throws SQLException {
			this.reading.countDown();
			while (this.goOn.getCount() > 0) {
				// An interrupt does not end a query either.
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
				Thread.interrupted();
			}
			return super.read(row);
		}

		@Override
		public void apply(List<String> rows) {
			this.applied.countDown();
		}

	}

}
