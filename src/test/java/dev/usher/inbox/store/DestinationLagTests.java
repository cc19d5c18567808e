package dev.usher.inbox.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.usher.testing.Await;
import dev.usher.testing.Migrations;
import dev.usher.testing.Postgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** How far behind readers are, as the database says. */
class DestinationLagTests {

	static Stream<String> databases() {
		return Stream.of(Migrations.newMemoryDatabase(), Postgres.newMigratedDatabase());
	}

	/** An interrupt in the middle of a read closes the file of H2 for everybody. */
	@Test
	void readWhenTheNodeEndsThenIsNotInterrupted() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		CompletableFuture<Boolean> whole = new CompletableFuture<>();
		DataSource slow = new DelegatingDataSource(new DriverManagerDataSource(Migrations.newMemoryDatabase())) {
			@Override
			public Connection getConnection() throws SQLException {
				asked.countDown();
				try {
					whole.complete(gate.await(20, TimeUnit.SECONDS));
				}
				catch (InterruptedException ex) {
					whole.complete(false);
				}
				return super.getConnection();
			}
		};
		DestinationLag lag = new DestinationLag(new JdbcTemplate(slow), new MetricsProperties(List.of("/queue/work")));
		lag.afterPropertiesSet();
		assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
		Thread ending = new Thread(lag::destroy);
		ending.start();
		Await.until(() -> ending.getState() == Thread.State.TIMED_WAITING || !ending.isAlive());
		gate.countDown();
		ending.join();
		assertThat(whole.get(20, TimeUnit.SECONDS)).isTrue();
	}

	/**
	 * A log whose head is 100 and of which 10 are gone: one reader has all but 3 and
	 * holds 2, another was left long ago. Another log that nobody reads, and one that is
	 * not there.
	 */
	@ParameterizedTest
	@MethodSource("databases")
	void lagWhenAskedForThenIsThatOfTheSlowestReaderOrAllThatIsKept(String url) {
		JdbcTemplate database = new JdbcTemplate(new DriverManagerDataSource(url));
		log(database, 1, "/queue/work", 100, 10);
		message(database, 1, 11);
		log(database, 2, "/user/ann/queue/jobs", 30, 5);
		message(database, 2, 6);
		log(database, 3, "/queue/other", 7, 0);
		reader(database, 11, 1, "", 97);
		database.update("INSERT INTO inbox_claims (reader_id, log_offset, owner, nacks, due_at) VALUES "
				+ "(11, 95, NULL, 0, 0), (11, 96, NULL, 0, 0)");
		DestinationLag lag = new DestinationLag(database,
				new MetricsProperties(List.of("/queue/work", "/user/ann/queue/jobs", "/queue/none")));
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		lag.bindTo(meters);
		assertThat(value(meters, "/queue/work")).isNaN();
		lag.read();
		assertThat(value(meters, "/queue/work")).isEqualTo(5);
		assertThat(value(meters, "/user/ann/queue/jobs")).isEqualTo(25);
		assertThat(value(meters, "/queue/none")).isZero();
		assertThat(meters.find("usher.destination.lag").gauges()).hasSize(3);
		reader(database, 12, 1, "left", 4);
		lag.read();
		assertThat(value(meters, "/queue/work")).isEqualTo(90);
		database.execute("ALTER TABLE inbox_readers RENAME TO gone");
		lag.read();
		assertThat(value(meters, "/queue/work")).isNaN();
		lag.destroy();
	}

	/** As a sweeper leaves it, of a late message that did not live long, or a redrive. */
	@ParameterizedTest
	@MethodSource("databases")
	void lagWhenTheLastMessageIsGoneThenThoseBeforeItStillWait(String url) {
		JdbcTemplate database = new JdbcTemplate(new DriverManagerDataSource(url));
		log(database, 1, "/queue/work", 100, 100);
		message(database, 1, 1);
		message(database, 1, 99);
		log(database, 2, "/queue/read", 100, 100);
		message(database, 2, 41);
		reader(database, 21, 2, "", 60);
		log(database, 3, "/queue/empty", 100, 20);
		DestinationLag lag = new DestinationLag(database,
				new MetricsProperties(List.of("/queue/work", "/queue/read", "/queue/empty")));
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		lag.bindTo(meters);
		lag.read();
		assertThat(value(meters, "/queue/work")).isEqualTo(100);
		assertThat(value(meters, "/queue/read")).isEqualTo(40);
		assertThat(value(meters, "/queue/empty")).isZero();
		reader(database, 22, 2, "left", 4);
		lag.read();
		assertThat(value(meters, "/queue/read")).isEqualTo(60);
		lag.destroy();
	}

	private static void message(JdbcTemplate database, long log, long offset) {
		database.update("INSERT INTO inbox_messages (log_id, log_offset, sent_at, expires_at, body) "
				+ "VALUES (?, ?, 0, ?, ?)", log, offset, Long.MAX_VALUE, new byte[1]);
	}

	private static void log(JdbcTemplate database, long id, String address, long head, long lost) {
		database.update("INSERT INTO inbox_logs (id, address, epoch, head, lost, bytes, used_at) "
				+ "VALUES (?, ?, 'e', ?, ?, 0, 0)", id, address, head, lost);
	}

	private static void reader(JdbcTemplate database, long id, long log, String name, long next) {
		database.update("INSERT INTO inbox_readers (id, log_id, name, next_offset, used_at) VALUES (?, ?, ?, ?, 0)", id,
				log, name, next);
	}

	private static double value(SimpleMeterRegistry meters, String destination) {
		return meters.get("usher.destination.lag").tag("destination", destination).gauge().value();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/news", "/queue/*", "queue/work", "/user/queue/orders" })
	void destinationWhenItIsNotStoredThenStopsTheStartByItsName(String destination) {
		assertThatIllegalArgumentException().isThrownBy(() -> new MetricsProperties(List.of("/queue/a", destination)))
			.withMessage("usher.metrics.destinations[1] must be a stored destination such as /queue/work, but is "
					+ destination);
	}

	@Test
	void destinationsWhenTooManyThenStopTheStart() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new MetricsProperties(java.util.Collections.nCopies(101, "/queue/work")))
			.withMessage("usher.metrics.destinations may have 100 at most, but has 101");
	}

}
