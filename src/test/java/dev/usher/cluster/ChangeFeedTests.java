package dev.usher.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.usher.cluster.ClusterProperties.WhenBlind;
import dev.usher.testing.Await;
import dev.usher.testing.Migrations;
import dev.usher.testing.Postgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.flywaydb.core.Flyway;
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
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("table", this.targets);
		ClusterProperties properties = new ClusterProperties(Duration.ofMillis(10), Duration.ofSeconds(1),
				WhenBlind.CLOSE, null);
		ChangeFeed feed = new ChangeFeed(jdbc, new Changes(jdbc), properties,
				beans.getBeanProvider(ResolvableType.forClass(PolledTable.class)));
		feed.afterSingletonsInstantiated();
		return feed;
	}

	private static void revoke(JdbcTemplate jdbc, String target) {
		jdbc.update("INSERT INTO revocations (kind, target, expires_at) VALUES ('TOKEN', ?, 1)", target);
	}

	private static DriverManagerDataSource database(String url) {
		DriverManagerDataSource database = new DriverManagerDataSource(url);
		Flyway.configure().locations(Migrations.of(url)).dataSource(database).load().migrate();
		return database;
	}

	@Test
	void threadWhenErrorsAreThrownOnItThenItCountsThemAndTheRowIsHeardOfAllTheSame() {
		JdbcTemplate jdbc = new JdbcTemplate(database(Postgres.newDatabase()));
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
		String url = Postgres.newDatabase();
		JdbcTemplate jdbc = new JdbcTemplate(database(url));
		String name = jdbc.queryForObject("SELECT current_database()", String.class);
		ChangeFeed feed = start(jdbc);
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		new ChangeMeters(feed).bindTo(meters);
		revoke(jdbc, "before");
		Await.until(() -> this.targets.heard().contains("before"));
		Postgres.admin("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
		Postgres.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
		Await.until(() -> feed.failed() > 0 && feed.age().toMillis() > 100);
		assertThat(meters.get("usher.changes.lag").gauge().value()).isGreaterThan(0.1);
		assertThat(meters.get("usher.changes.failed").functionCounter().count()).isPositive();
		Postgres.admin("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
		revoke(jdbc, "after");
		Await.until(() -> this.targets.heard().contains("after"));
		feed.destroy();
	}

	@Test
	void poolWhenItIsUsedUpThenTheNodeHearsAllTheSame() throws SQLException {
		String url = Postgres.newDatabase();
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
	void embeddedDatabaseWhenUsedThenNothingIsPolledOrWritten() {
		JdbcTemplate jdbc = new JdbcTemplate(database("jdbc:h2:mem:feed;DB_CLOSE_DELAY=-1"));
		ChangeFeed feed = start(jdbc);
		new Changes(jdbc).record(Change.Kind.ACCOUNT, "ann");
		assertThat(feed.polls()).isFalse();
		assertThat(feed.age()).isZero();
		feed.destroy();
	}

}
