package dev.usher.cluster;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.usher.testing.FreePort;
import dev.usher.testing.Migrations;
import dev.usher.testing.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * No row is missed, whatever order transactions commit in, and none takes effect twice.
 */
class ChangeReaderTests {

	private final RevokedTargets targets = new RevokedTargets();

	private DelegatingDataSource database;

	private ChangeReader reader;

	@BeforeEach
	void open() {
		this.database = new DelegatingDataSource(new DriverManagerDataSource(Postgres.newMigratedDatabase()));
		this.reader = new ChangeReader(this.database);
	}

	private static EmbeddedPostgres anotherServer() throws IOException {
		return EmbeddedPostgres.builder().setPort(FreePort.next()).setPGStartupWait(Duration.ofMinutes(1)).start();
	}

	private static DriverManagerDataSource migrated(String url) {
		DriverManagerDataSource database = new DriverManagerDataSource(url);
		Flyway.configure().locations(Migrations.of(url)).dataSource(database).load().migrate();
		return database;
	}

	private void poll() {
		this.reader.poll(List.of(this.targets));
	}

	private void revoke(String target) {
		new JdbcTemplate(this.database).update(insert(target));
	}

	private static String insert(String target) {
		return "INSERT INTO revocations (kind, target, expires_at) VALUES ('TOKEN', '" + target + "', 1)";
	}

	private long idOf(String target) {
		return new JdbcTemplate(this.database).queryForObject("SELECT id FROM revocations WHERE target = ?", Long.class,
				target);
	}

	@Test
	void rowsWhenTheTransactionOfTheFirstCommitsLastThenNoneIsMissed() throws SQLException {
		Set<String> all = new HashSet<>(Set.of("late"));
		try (Connection late = this.database.getConnection()) {
			late.setAutoCommit(false);
			try (Statement statement = late.createStatement()) {
				statement.executeUpdate(insert("late"));
			}
			for (int i = 0; i < 1000; i++) {
				revoke("token" + i);
				all.add("token" + i);
				if (i % 50 == 0) {
					poll();
				}
			}
			assertThat(this.targets.heard()).doesNotContain("late").hasSizeGreaterThan(900);
			late.commit();
		}
		revoke("after");
		all.add("after");
		poll();
		assertThat(this.targets.heard()).containsExactlyInAnyOrderElementsOf(all);
		// By its id it is older than what was heard long before.
		assertThat(idOf("late")).isLessThan(idOf("token0"));
	}

	@Test
	void rowWhenItsTransactionIsRolledBackThenIsNeverHeardOf() throws SQLException {
		try (Connection undone = this.database.getConnection(); Statement statement = undone.createStatement()) {
			undone.setAutoCommit(false);
			statement.executeUpdate(insert("undone"));
			revoke("done");
			poll();
			undone.rollback();
		}
		poll();
		assertThat(this.targets.heard()).containsExactly("done");
	}

	@Test
	void rowsWhenTheyCouldNotTakeEffectThenTheyAreGivenAgainAndOtherTablesGoOn() {
		RevokedTargets failing = new RevokedTargets().failing(2, () -> {
			throw new IllegalStateException("not yet");
		});
		revoke("one");
		for (int i = 0; i < 2; i++) {
			assertThatIllegalStateException().isThrownBy(() -> this.reader.poll(List.of(failing, this.targets)));
		}
		assertThat(this.targets.heard()).containsExactly("one");
		this.reader.poll(List.of(failing, this.targets));
		assertThat(failing.heard()).containsExactly("one");
		assertThat(this.targets.heard()).containsExactly("one");
	}

	@Test
	void rowsWhenAnotherServerHasTakenOverWhoseTransactionsHaveLowerNumbersThenNoneIsMissed() throws IOException {
		IntStream.range(0, 500).forEach((i) -> revoke("before" + i));
		poll();
		try (EmbeddedPostgres other = anotherServer()) {
			this.database.setTargetDataSource(migrated(other.getJdbcUrl("postgres", "postgres")));
			revoke("taken over");
			poll();
			assertThat(this.targets.heard()).endsWith("taken over");
			revoke("next");
			poll();
			assertThat(this.targets.heard()).endsWith("taken over", "next");
		}
	}

	@Test
	void rowsWhenAnotherServerTakesOverBetweenTwoPagesThenNoneIsMissed() throws IOException {
		try (EmbeddedPostgres other = anotherServer()) {
			DataSource next = migrated(other.getJdbcUrl("postgres", "postgres"));
			new JdbcTemplate(next).update(insert("taken over"));
			RevokedTargets paged = new RevokedTargets() {

				@Override
				public void apply(List<String> rows) {
					ChangeReaderTests.this.database.setTargetDataSource(next);
					super.apply(rows);
				}

			};
			new JdbcTemplate(this.database).update("INSERT INTO revocations (kind, target, expires_at) "
					+ "SELECT 'TOKEN', 'many' || n, 1 FROM generate_series(1, 12000) n");
			this.reader.poll(List.of(paged));
			this.reader.poll(List.of(paged));
			assertThat(paged.heard()).contains("taken over");
			revoke("next");
			this.reader.poll(List.of(paged));
			assertThat(paged.heard()).endsWith("next");
		}
	}

	@Test
	void rowsWhenTheyAreManyThenAreGivenInPagesAndEachOnce() {
		List<Integer> pages = new ArrayList<>();
		RevokedTargets paged = new RevokedTargets() {

			@Override
			public void apply(List<String> rows) {
				pages.add(rows.size());
				super.apply(rows);
			}

		};
		new JdbcTemplate(this.database).update("INSERT INTO revocations (kind, target, expires_at) "
				+ "SELECT 'TOKEN', 'many' || n, 1 FROM generate_series(1, 12000) n");
		revoke("last");
		this.reader.poll(List.of(paged));
		assertThat(paged.heard()).hasSize(12_001).doesNotHaveDuplicates().endsWith("last");
		assertThat(pages).allSatisfy((size) -> assertThat(size).isLessThanOrEqualTo(5_000));
		revoke("next");
		this.reader.poll(List.of(paged));
		assertThat(paged.heard()).hasSize(12_002).doesNotHaveDuplicates().endsWith("next");
	}

	/** All of them are read again as long as the transaction is under way. */
	@Test
	void rowsWhenTheyAreManyAndAnEarlierTransactionIsUnderWayThenEachIsGivenOnce() throws SQLException {
		try (Connection late = this.database.getConnection(); Statement statement = late.createStatement()) {
			late.setAutoCommit(false);
			statement.executeUpdate(insert("late"));
			new JdbcTemplate(this.database).update("INSERT INTO revocations (kind, target, expires_at) "
					+ "SELECT 'TOKEN', 'many' || n, 1 FROM generate_series(1, 12000) n");
			poll();
			poll();
			assertThat(this.targets.heard()).hasSize(12_000).doesNotHaveDuplicates();
			late.commit();
		}
		poll();
		poll();
		assertThat(this.targets.heard()).hasSize(12_001).doesNotHaveDuplicates().endsWith("late");
	}

	@Test
	void rowWhenANewerVersionWroteItThenIsPassedOver() {
		JdbcTemplate jdbc = new JdbcTemplate(this.database);
		Listeners listeners = new Listeners();
		ChangeTable table = new ChangeTable(listeners);
		jdbc.update("INSERT INTO changes (kind, target, expires_at) VALUES ('SOMETHING_NEW', 'x', 1)");
		new Changes(jdbc).record(Change.Kind.ACCOUNT, "ann");
		this.reader.poll(List.of(table));
		this.reader.poll(List.of(table));
		assertThat(listeners.heard()).containsExactly("ann");
	}

	@Test
	void changesWhenTheyAreOldThenTheyAreForgotten() {
		JdbcTemplate jdbc = new JdbcTemplate(this.database);
		Changes changes = new Changes(jdbc);
		changes.record(Change.Kind.LOG, "1 /queue/old");
		jdbc.update("UPDATE changes SET expires_at = 1");
		changes.record(Change.Kind.LOG, "2 /queue/new");
		changes.forgetExpired();
		assertThat(jdbc.queryForList("SELECT target FROM changes", String.class)).containsExactly("2 /queue/new");
	}

}
