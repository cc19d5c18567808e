package dev.usher.throttle;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.usher.inbox.store.TestDatabase;
import dev.usher.storage.PromptDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Buckets of two nodes on a real PostgreSQL. */
class SharedBucketsTests {

	private static final LoginProperties PROPERTIES = new LoginProperties(10, Duration.ofSeconds(30), 50,
			Duration.ofSeconds(5), 1000);

	private TestDatabase database;

	private LoginBuckets one;

	private LoginBuckets two;

	@BeforeEach
	void open() {
		this.database = TestDatabase.postgres();
		this.one = buckets(this.database.template());
		this.two = buckets(this.database.template());
	}

	private static LoginBuckets buckets(JdbcTemplate template) {
		return new LoginBuckets(PROPERTIES, Clock.systemUTC(), template, new PromptDatabase(template));
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	@Test
	void tokensWhenTakenByBothAtOnceThenNoneIsGivenTwice() throws Exception {
		AttemptBuckets here = this.one.of("account", 10, Duration.ofSeconds(30));
		AttemptBuckets there = this.two.of("account", 10, Duration.ofSeconds(30));
		ExecutorService threads = Executors.newFixedThreadPool(8);
		List<Callable<Long>> takes = IntStream.range(0, 60)
			.<Callable<Long>>mapToObj((i) -> () -> ((i % 2 == 0) ? here : there).take("alice"))
			.toList();
		int taken = 0;
		for (Future<Long> take : threads.invokeAll(takes)) {
			taken += (take.get() == 0) ? 1 : 0;
		}
		threads.shutdown();
		assertThat(taken).isEqualTo(10);
		assertThat(here.take("alice")).isBetween(1L, 30_000L);
		here.giveBack("alice");
		assertThat(here.take("alice")).isZero();
		assertThat(here.take("bob")).isZero();
	}

	@Test
	void tokensWhenTimeHasGoneThenComeBack() {
		AttemptBuckets here = this.one.of("account", 2, Duration.ofMillis(300));
		AttemptBuckets there = this.two.of("account", 2, Duration.ofMillis(300));
		here.take("alice");
		here.take("alice");
		Awaitility.await().until(() -> there.take("alice") == 0);
	}

	@Test
	void databaseWhenAwayThenWhoeverTriesIsRefusedAndWhatComesAfterATryIsNot() {
		AttemptBuckets here = this.one.of("account", 2, Duration.ofSeconds(30));
		this.database.close();
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> here.take("alice"));
		assertThat(this.one.isKnown("192.0.2.1 alice")).isFalse();
		here.giveBack("alice");
		this.one.know("192.0.2.1 alice", Duration.ofDays(30));
	}

	@Test
	void tokenWhenItCannotBeGivenBackThenIsOnceTheDatabaseAnswersAgain() {
		AtomicBoolean away = new AtomicBoolean();
		DelegatingDataSource leaving = new DelegatingDataSource(this.database.template().getDataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				if (away.get()) {
					throw new SQLException("away");
				}
				return super.getConnection();
			}

		};
		AttemptBuckets here = buckets(new JdbcTemplate(leaving)).of("account", 2, Duration.ofHours(1));
		assertThat(here.take("alice")).isZero();
		assertThat(here.take("alice")).isZero();
		away.set(true);
		here.giveBack("alice");
		away.set(false);
		// Whoever asks is refused for a moment after a failure.
		Awaitility.await().ignoreExceptions().until(() -> here.take("alice") == 0);
		assertThat(here.take("alice")).isPositive();
	}

	@Test
	void pairWhenKnownToOneNodeThenIsKnownToTheOther() {
		assertThat(this.two.isKnown("192.0.2.1 alice")).isFalse();
		this.one.know("192.0.2.1 alice", Duration.ofDays(30));
		Awaitility.await().until(() -> this.two.isKnown("192.0.2.1 alice"));
		assertThat(this.two.isKnown("192.0.2.2 alice")).isFalse();
	}

	@Test
	void pairWhenAskedForByAFloodThenTheDatabaseIsAskedOnceASecond() {
		AtomicInteger asked = new AtomicInteger();
		DelegatingDataSource counted = new DelegatingDataSource(this.database.template().getDataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				asked.incrementAndGet();
				return super.getConnection();
			}

		};
		LoginBuckets flooded = buckets(new JdbcTemplate(counted));
		for (int i = 0; i < 1_000; i++) {
			assertThat(flooded.isKnown("192.0.2.1 alice")).isFalse();
		}
		assertThat(asked.get()).isLessThan(100);
	}

	@Test
	void rowsWhenTheySayNothingAnyMoreThenAreRemovedThoughNobodyEverGetsIn() {
		AttemptBuckets buckets = this.one.of("account", 2, Duration.ofMillis(1));
		for (int i = 0; i < 20; i++) {
			buckets.take("guess " + i);
		}
		this.one.know("192.0.2.1 alice", Duration.ofDays(30));
		Awaitility.await().until(() -> {
			this.one.sweep();
			return this.database.template().queryForObject("SELECT COUNT(*) FROM throttles", Long.class) == 1;
		});
		assertThat(this.two.isKnown("192.0.2.1 alice")).isTrue();
	}

	@Test
	void rowsWhenLookedAtThenHoldNoName() {
		this.one.of("account", 2, Duration.ofSeconds(30)).take("my password by mistake");
		assertThat(this.database.template().queryForList("SELECT name FROM throttles", String.class)).hasSize(1)
			.allMatch((name) -> name.matches("[A-Za-z0-9_-]{43}"));
	}

}
