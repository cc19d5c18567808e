package dev.usher.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.testing.Migrations;
import dev.usher.testing.MutableClock;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** When sessions were in use, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class SeenRecorderTests {

	private static final int SESSIONS = 200;

	@Parameter
	private Store store;

	private final MutableClock clock = new MutableClock();

	private final AtomicInteger transactions = new AtomicInteger();

	private volatile Runnable whenBegun = () -> {
	};

	private JdbcTemplate jdbc;

	private SessionTable table;

	private SeenRecorder recorder;

	@BeforeEach
	void setUp() {
		DriverManagerDataSource database = new DriverManagerDataSource(
				(this.store == Store.POSTGRES) ? Postgres.newMigratedDatabase() : Migrations.newMemoryDatabase());
		this.jdbc = new JdbcTemplate(database);
		this.table = new SessionTable(JdbcClient.create(database), this.jdbc,
				new Counting(new JdbcTransactionManager(database)));
		this.recorder = new SeenRecorder(this.table, this.clock);
		long start = this.clock.millis() - 1000;
		for (int i = 0; i < SESSIONS; i++) {
			this.jdbc.update("INSERT INTO SPRING_SESSION VALUES (?, ?, ?, ?, ?, ?, ?)", "k" + i, "k" + i, start, start,
					60, start + 60_000, "ann");
			this.jdbc.update("INSERT INTO sessions (session_id, store_id, family_hash, generation_hash) "
					+ "VALUES (?, ?, ?, ?)", id(i), "k" + i, "f" + i, "g");
		}
	}

	@AfterEach
	void close() throws InterruptedException {
		this.recorder.destroy();
	}

	private static String id(int number) {
		return "%022d".formatted(number);
	}

	private int seenAt(Instant time) {
		return this.jdbc.queryForObject("SELECT COUNT(*) FROM SPRING_SESSION WHERE LAST_ACCESS_TIME = ?", Integer.class,
				time.toEpochMilli());
	}

	@Test
	void seenWhenManyAreInUseThenTheyAreWrittenInFewTransactions() {
		for (int i = 0; i < SESSIONS; i++) {
			this.recorder.seen(id(i));
			this.recorder.seen(id(i));
		}
		await().atMost(30, TimeUnit.SECONDS).until(() -> seenAt(this.clock.instant()) == SESSIONS);
		assertThat(this.transactions).hasValueLessThan(SESSIONS / 4);
		assertThat(
				this.jdbc.queryForList("SELECT DISTINCT EXPIRY_TIME - LAST_ACCESS_TIME - 1000 * MAX_INACTIVE_INTERVAL "
						+ "FROM SPRING_SESSION", Long.class))
			.containsExactly(0L);
	}

	@Test
	void seenWhenNodeClosesThenIsStillWritten() throws InterruptedException {
		this.recorder.seen(id(1));
		this.recorder.destroy();
		assertThat(seenAt(this.clock.instant())).isOne();
	}

	@Test
	void seenWhenTheDatabaseRefusesThenTheNextUseIsWritten() {
		this.whenBegun = () -> {
			throw new DataAccessResourceFailureException("on purpose");
		};
		this.recorder.seen(id(1));
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.transactions.get() == 1);
		this.whenBegun = () -> {
		};
		this.clock.advance(Duration.ofSeconds(1));
		await().atMost(30, TimeUnit.SECONDS).until(() -> {
			this.recorder.seen(id(1));
			return seenAt(this.clock.instant()) == 1;
		});
	}

	@Test
	void seenWhenAnErrorIsThrownThenTheRestIsWrittenAndWhatComesLater() {
		this.whenBegun = () -> {
			this.whenBegun = () -> {
			};
			throw new AssertionError("on purpose");
		};
		// More than one transaction takes; all but the last are of no session.
		for (int i = 0; i < 600; i++) {
			this.recorder.seen(id(10_000 + i));
		}
		this.recorder.seen(id(1));
		await().atMost(30, TimeUnit.SECONDS).until(() -> seenAt(this.clock.instant()) == 1);
		this.recorder.seen(id(2));
		await().atMost(30, TimeUnit.SECONDS).until(() -> seenAt(this.clock.instant()) == 2);
	}

	@Test
	void seenWhenNodesWriteTheSameInAnotherOrderThenNoneIsRefused() {
		Map<String, Instant> forward = new LinkedHashMap<>();
		Map<String, Instant> backward = new LinkedHashMap<>();
		for (int round = 1; round <= 10; round++) {
			Instant at = this.clock.instant().plusSeconds(round);
			for (int i = 0; i < SESSIONS; i++) {
				forward.put(id(i), at);
				backward.put(id(SESSIONS - 1 - i), at);
			}
			CyclicBarrier barrier = new CyclicBarrier(2);
			List.of(write(forward, barrier), write(backward, barrier)).forEach(CompletableFuture::join);
			assertThat(seenAt(at)).isEqualTo(SESSIONS);
		}
	}

	private CompletableFuture<Void> write(Map<String, Instant> times, CyclicBarrier barrier) {
		return CompletableFuture.runAsync(() -> {
			try {
				barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			this.table.seen(times);
		}, (task) -> new Thread(task).start());
	}

	/** Counts transactions, and does at their begin what the test says. */
	private final class Counting extends TransactionTemplate {

		private Counting(JdbcTransactionManager manager) {
			super(manager);
		}

		@Override
		public <T> T execute(TransactionCallback<T> action) {
			try {
				SeenRecorderTests.this.whenBegun.run();
			}
			finally {
				SeenRecorderTests.this.transactions.incrementAndGet();
			}
			return super.execute(action);
		}

	}

}
