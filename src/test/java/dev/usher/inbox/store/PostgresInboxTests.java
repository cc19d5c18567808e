package dev.usher.inbox.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import dev.usher.inbox.Appended;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Postgres;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The contract on PostgreSQL. */
class PostgresInboxTests extends InboxContract {

	private static TestDatabase database;

	@BeforeAll
	static void openDatabase() {
		// A test here waits until the database is known to be away.
		database = TestDatabase.postgres(Duration.ofSeconds(5));
	}

	@AfterAll
	static void closeDatabase() {
		database.close();
	}

	@Test
	void whenTheDatabaseGoesAwayPublishersAreToldAndReadersWaitUntilItIsBack() {
		Destination to = Inboxes.own();
		String name = name();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(Inboxes.durable(to, "phone", null), recorder);
		publish(to, 1, 2);
		recorder.offsets(2);
		Postgres.sendAway(name);
		assertUnavailable(() -> publish(to, 0, 0));
		assertUnavailable(() -> read(Inboxes.now(Inboxes.own()), new Recorder()));
		CompletableFuture<Void> written = subscription.ack(InboxFixture.range(1, 2)).toCompletableFuture();
		assertThat(written).isNotDone();
		Postgres.letBack(name);
		Inboxes.await(written);
		publishPatiently(to);
		assertThat(recorder.offsets(1)).containsExactly(3L);
		assertThat(read(Inboxes.durable(to, "phone", null), new Recorder()).offset()).isEqualTo(2);
	}

	@Test
	void whenTheDatabaseIsReadOnlyPublishersAreToldAndReadingGoesOn() {
		Destination to = Inboxes.own();
		publish(to, 1, 2);
		Postgres.admin("ALTER DATABASE " + name() + " SET default_transaction_read_only = on");
		Postgres.disconnectAll(name());
		assertUnavailable(() -> publish(to, 0, 0));
		Recorder recorder = new Recorder();
		read(Inboxes.after(to, 0, null), recorder);
		assertThat(recorder.offsets(2)).containsExactly(1L, 2L);
		Postgres.admin("ALTER DATABASE " + name() + " RESET default_transaction_read_only");
		Postgres.disconnectAll(name());
		publishPatiently(to);
		assertThat(recorder.offsets(1)).containsExactly(3L);
	}

	@Test
	void readersWhenNoOtherNodeHasThemOpenThenNobodyIsToldThatTheyAreForgotten() {
		String count = "SELECT COUNT(*) FROM changes WHERE kind = 'READER'";
		Long before = database().template().queryForObject(count, Long.class);
		Destination to = Inboxes.own();
		for (int i = 0; i < 5; i++) {
			Inboxes.await(read(Inboxes.durable(to, "n" + i, null), new Recorder()).close(true));
		}
		assertThat(rows("inbox_readers", to)).isZero();
		assertThat(database().template().queryForObject(count, Long.class)).isEqualTo(before);
	}

	/** Each makes them in the other order, and writes to one that is there besides. */
	@Test
	void logsWhenTwoNodesMakeTheSameThenNeitherWaitsForTheOtherInVain() {
		DatabaseInbox other = Inboxes.start(database(), this.clock, "node", "other");
		Destination shared = Inboxes.own();
		publish(shared, 1, 1);
		withoutDeadlock(() -> {
			List<Destination> one = Stream.generate(Inboxes::own).limit(6).toList();
			List<Destination> reversed = reversed(one);
			List<CompletionStage<Appended>> answers = new ArrayList<>();
			for (int i = 0; i < one.size(); i++) {
				answers.add(this.inbox.append(at(one.get(i), "one", null)));
				answers.add(other.append(at(reversed.get(i), "two", null)));
				answers.add(((i % 2 == 0) ? this.inbox : other).append(at(shared, "both", null)));
			}
			answers.forEach(Inboxes::await);
		});
		other.destroy();
	}

	@Test
	void queuesWhenTwoNodesOpenTheSameThenNeitherWaitsForTheOtherInVain() {
		DatabaseInbox other = Inboxes.start(database(), this.clock, "node", "another");
		withoutDeadlock(() -> {
			List<Destination> one = Stream.generate(Inboxes::shared).limit(6).toList();
			one.forEach((to) -> publish(to, 1, 1));
			List<Destination> reversed = reversed(one);
			List<CompletionStage<ReaderSubscription>> answers = new ArrayList<>();
			for (int i = 0; i < one.size(); i++) {
				answers.add(this.inbox.subscribe(Inboxes.now(one.get(i)), new Recorder()));
				answers.add(other.subscribe(Inboxes.now(reversed.get(i)), new Recorder()));
			}
			answers.forEach((answer) -> Inboxes.await(answer).close(false));
		});
		other.destroy();
	}

	/** Each takes from what the other is about to open. */
	@Test
	void queuesWhenTwoNodesOpenWhatTheOtherReadsThenNeitherWaitsForTheOtherInVain() {
		DatabaseInbox other = Inboxes.start(database(), this.clock, "node", "third");
		withoutDeadlock(() -> {
			List<Destination> mine = Stream.generate(Inboxes::shared).limit(3).toList();
			List<Destination> theirs = Stream.generate(Inboxes::shared).limit(3).toList();
			List<ReaderSubscription> open = new ArrayList<>();
			mine.forEach((to) -> open.add(read(Inboxes.now(to), new Recorder())));
			for (Destination to : theirs) {
				ReaderSubscription subscription = Inboxes.await(other.subscribe(Inboxes.now(to), new Recorder()));
				subscription.request(Long.MAX_VALUE);
				open.add(subscription);
			}
			List<CompletionStage<Appended>> published = new ArrayList<>();
			List<CompletionStage<ReaderSubscription>> opening = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				for (int j = 0; j < 3; j++) {
					published.add(this.inbox.append(at(mine.get(j), "m", null)));
					published.add(other.append(at(theirs.get(j), "m", null)));
				}
				if (i >= 4 && i < 7) {
					opening.add(this.inbox.subscribe(Inboxes.now(theirs.get(i - 4)), new Recorder()));
					opening.add(other.subscribe(Inboxes.now(mine.get(i - 4)), new Recorder()));
				}
			}
			published.forEach(Inboxes::await);
			opening.forEach((answer) -> Inboxes.await(answer).close(false));
			open.forEach((each) -> each.close(false));
		});
		other.destroy();
	}

	private static List<Destination> reversed(List<Destination> some) {
		List<Destination> reversed = new ArrayList<>(some);
		Collections.reverse(reversed);
		return reversed;
	}

	/** Runs something a hundred times; PostgreSQL counts what it had to break up. */
	private void withoutDeadlock(Runnable round) {
		String deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
		Long before = database().template().queryForObject(deadlocks, Long.class);
		for (int i = 0; i < 100; i++) {
			round.run();
		}
		assertThat(database().template().queryForObject(deadlocks, Long.class)).isEqualTo(before);
	}

	/**
	 * The order of their addresses is another than that in which publishers lock them.
	 */
	@Test
	void logsWhenTheyAreNotedToBeInUseThenNoPublisherWaitsInVain() throws SQLException {
		String prefix = Inboxes.own().address();
		List<Destination> live = Stream.of("z", "a").map((end) -> Destination.forPublish(prefix + end)).toList();
		for (Destination to : live) {
			publish(to, 1, 1);
			read(Inboxes.now(to), new Recorder());
		}
		this.clock.advance(Duration.ofDays(1));
		try (Connection publisher = database().dataSource().getConnection()) {
			publisher.setAutoCommit(false);
			lock(publisher, live.get(0));
			CompletableFuture<Void> noted = CompletableFuture.runAsync(this.inbox::sweep);
			Awaitility.await().until(() -> isAnybodyWaiting());
			lock(publisher, live.get(1));
			publisher.commit();
			noted.join();
		}
	}

	private static void lock(Connection publisher, Destination to) throws SQLException {
		try (Statement statement = publisher.createStatement()) {
			statement.execute("SELECT id FROM inbox_logs WHERE address = '" + to.address() + "' FOR UPDATE");
		}
	}

	private boolean isAnybodyWaiting() {
		String waiting = "SELECT COUNT(*) > 0 FROM pg_stat_activity "
				+ "WHERE datname = current_database() AND wait_event_type = 'Lock'";
		return Boolean.TRUE.equals(database().template().queryForObject(waiting, Boolean.class));
	}

	private void assertUnavailable(ThrowingCallable call) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
	}

	private String name() {
		return String.valueOf(database().template().queryForObject("SELECT current_database()", String.class));
	}

	@Override
	TestDatabase database() {
		return database;
	}

}
