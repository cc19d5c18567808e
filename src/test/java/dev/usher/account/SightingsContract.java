package dev.usher.account;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What every database must do for the names of callers without an account. */
abstract class SightingsContract {

	private final MutableClock clock = new MutableClock();

	private final List<Sightings> nodes = new ArrayList<>();

	private JdbcTemplate jdbc;

	private ForeignUsers users;

	abstract DriverManagerDataSource newDatabase();

	@BeforeEach
	void setUp() {
		DriverManagerDataSource database = newDatabase();
		this.jdbc = new JdbcTemplate(database);
		this.users = new ForeignUsers(JdbcClient.create(database), this.jdbc,
				new TransactionTemplate(new DataSourceTransactionManager(database)));
	}

	@AfterEach
	void close() throws InterruptedException {
		for (Sightings node : this.nodes) {
			node.destroy();
		}
	}

	private Sightings node() {
		Sightings node = new Sightings(this.users, this.clock);
		this.nodes.add(node);
		return node;
	}

	private long seenAt(String name) {
		return this.jdbc.queryForObject("SELECT seen_at FROM foreign_users WHERE name = ?", Long.class, name);
	}

	@Test
	void addWhenThousandComeThenAllAreWrittenSoon() {
		Sightings node = node();

		for (int i = 0; i < 1000; i++) {
			assertThat(node.add("user" + i, "https://issuer", () -> {
			})).isTrue();
		}

		await().atMost(30, TimeUnit.SECONDS)
			.until(() -> this.jdbc.queryForObject("SELECT COUNT(*) FROM foreign_users", Integer.class) == 1000);
		assertThat(this.users.find(List.of("user0", "user999", "nobody"))).isEqualTo(Set.of("user0", "user999"));
	}

	@Test
	void addWhenNodeClosesThenIsStillWritten() throws Exception {
		Sightings node = node();
		node.add("late", "https://issuer", () -> {
		});

		node.destroy();

		assertThat(this.users.find(List.of("late"))).containsExactly("late");
		assertThat(node.add("tooLate", "https://issuer", () -> {
		})).as("a writer that is closed").isFalse();
	}

	@Test
	void addWhenDatabaseRefusesThenSaysThatItWasLost() throws Exception {
		this.jdbc.execute("DROP TABLE foreign_users");
		CountDownLatch lost = new CountDownLatch(1);

		node().add("alice", "https://issuer", lost::countDown);

		assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void addWhenAnErrorIsThrownThenTheRestIsWrittenAndWhatComesLater() throws Exception {
		AtomicBoolean first = new AtomicBoolean(true);
		CountDownLatch lost = new CountDownLatch(1);
		Sightings node = new Sightings(this.users, new MutableClock() {
			@Override
			public Instant instant() {
				if (first.getAndSet(false)) {
					throw new AssertionError("on purpose");
				}
				return super.instant();
			}
		});
		this.nodes.add(node);

		for (int i = 0; i < 600; i++) {
			node.add("user" + i, "https://issuer", lost::countDown);
		}

		assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
		node.add("later", "https://issuer", () -> {
		});
		await().atMost(30, TimeUnit.SECONDS)
			.until(() -> this.users.find(List.of("user599", "later")).equals(Set.of("user599", "later")));
	}

	@Test
	void seenWhenKnownThenOnlyTheTimeIsWritten() {
		this.users.seen(Map.of("alice", "https://issuer"), this.clock.instant());
		this.clock.advance(Duration.ofHours(1));

		this.users.seen(Map.of("alice", "https://issuer", "bob", "https://issuer"), this.clock.instant());

		assertThat(seenAt("alice")).isEqualTo(this.clock.instant().toEpochMilli());
		assertThat(seenAt("bob")).isEqualTo(this.clock.instant().toEpochMilli());
	}

	@Test
	void seenWhenNodesWriteTheSameNamesThenNoneIsLost() throws Exception {
		Map<String, String> names = Map.of("a", "i", "b", "i", "c", "i", "d", "i", "e", "i");
		CountDownLatch ready = new CountDownLatch(2);
		List<Throwable> failures = new ArrayList<>();
		Runnable write = () -> {
			try {
				ready.countDown();
				ready.await();
				this.users.seen(names, this.clock.instant());
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		};

		for (int round = 0; round < 20; round++) {
			this.jdbc.update("DELETE FROM foreign_users");
			Thread other = new Thread(write);
			other.start();
			write.run();
			other.join();
			assertThat(this.users.find(names.keySet())).isEqualTo(names.keySet());
		}

		assertThat(failures).isEmpty();
	}

}
