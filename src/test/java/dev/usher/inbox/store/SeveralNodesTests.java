package dev.usher.inbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.usher.inbox.LogHint;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.testing.MutableClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.now;
import static dev.usher.inbox.store.Inboxes.own;
import static dev.usher.inbox.store.Inboxes.shared;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two nodes that read the same on one PostgreSQL, without a bus unless a test says so.
 */
class SeveralNodesTests extends InboxFixture {

	/** Of nodes that do not lose it by standing still for a moment. */
	private static final Duration LONGER = Duration.ofSeconds(10);

	private static TestDatabase database;

	private DatabaseInbox other;

	@BeforeAll
	static void openDatabase() {
		database = TestDatabase.postgres();
	}

	@AfterAll
	static void closeDatabase() {
		database.close();
	}

	@BeforeEach
	void openOther() {
		this.clock.set(Instant.now());
		openBoth(LONGER);
	}

	private void openBoth(Duration lease) {
		this.other = open("lease", lease.toSeconds() + "s");
		reopen("lease", lease.toSeconds() + "s");
		awaitPeers();
	}

	@AfterEach
	void closeOther() {
		this.other.destroy();
	}

	private void awaitPeers() {
		Awaitility.await().until(() -> Inboxes.node(this.inbox).hasPeers() && Inboxes.node(this.other).hasPeers());
	}

	@Override
	TestDatabase database() {
		return database;
	}

	private static ReaderSubscription read(DatabaseInbox inbox, Destination from, Recorder recorder) {
		ReaderSubscription subscription = await(inbox.subscribe(now(from), recorder));
		subscription.request(Long.MAX_VALUE);
		return subscription;
	}

	@Test
	void queueWhenOneNodeIsPublishedToThenBothWork() {
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		read(this.inbox, to, here);
		read(this.other, to, there);
		publish(to, 1, 40);
		Awaitility.await().until(() -> here.size() + there.size() == 40);
		assertThat(here.size()).isBetween(10, 35);
		assertThat(there.size()).isBetween(5, 30);
	}

	@Test
	void queueWhenTheOtherNodeTakesNothingThenThisOneGetsAllInTime() {
		Destination to = shared();
		Recorder here = new Recorder();
		read(this.inbox, to, here);
		// It has joined and has no room.
		await(this.other.subscribe(now(to), new Recorder()));
		publish(to, 1, 10);
		assertThat(here.offsets(10)).isEqualTo(range(1, 10));
	}

	@Test
	void nackWhenNobodyElseHereReadsThenAnotherNodeGetsTheMessage() {
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		ReaderSubscription first = read(this.inbox, to, here);
		publish(to, 1, 1);
		assertThat(here.offsets(1)).containsExactly(1L);
		read(this.other, to, there);
		await(first.nack(1));
		this.clock.advance(Duration.ofMillis(1_001));
		Recorder.Received again = there.next();
		assertThat(again.offset()).isOne();
		assertThat(again.redelivered()).isTrue();
		assertThat(here.isEmpty()).isTrue();
	}

	@Test
	void nackWhenNoOtherNodeReadsThenThisOneTakesItBack() {
		Destination to = shared();
		Recorder here = new Recorder();
		ReaderSubscription first = read(this.inbox, to, here);
		publish(to, 1, 1);
		here.offsets(1);
		await(first.nack(1));
		this.clock.advance(Duration.ofSeconds(4));
		assertThat(here.next().redelivered()).isTrue();
	}

	@Test
	void ackTimeoutWhenNobodyElseHereReadsThenAnotherNodeGetsTheMessage() {
		reopen("lease", LONGER.toSeconds() + "s", "ack-timeout", "1m");
		awaitPeers();
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		read(this.inbox, to, here);
		publish(to, 1, 1);
		here.offsets(1);
		read(this.other, to, there);
		this.clock.advance(Duration.ofSeconds(61));
		assertThat(there.offsets(1)).containsExactly(1L);
	}

	@Test
	void inboxWhenTheOtherNodeStoresThenItsReaderHereGetsItWithoutABus() {
		Destination to = own();
		Recorder there = new Recorder();
		read(this.other, to, there);
		publish(to, 1, 3);
		assertThat(there.offsets(3)).containsExactly(1L, 2L, 3L);
	}

	@Test
	void claimsWhenANodeIsKilledThenAnotherTakesThemOver() {
		this.other.destroy();
		openBoth(Duration.ofSeconds(2));
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		// No room for more, as it goes on in this process and would take back what it
		// lost.
		await(this.inbox.subscribe(now(to), here)).request(5);
		publish(to, 1, 5);
		here.offsets(5);
		read(this.other, to, there);
		Inboxes.crash(this.inbox, database());
		List<Recorder.Received> taken = IntStream.range(0, 5).mapToObj((i) -> there.next()).toList();
		assertThat(taken).extracting(Recorder.Received::offset).containsExactly(1L, 2L, 3L, 4L, 5L);
		assertThat(taken).extracting(Recorder.Received::redelivered).containsOnly(true);
	}

	@Test
	void claimsWhenTheLastSubscriptionLeavesThenAnotherNodeTakesThem() {
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		ReaderSubscription first = read(this.inbox, to, here);
		publish(to, 1, 3);
		here.offsets(3);
		read(this.other, to, there);
		await(first.ack(2));
		await(first.close(false));
		assertThat(there.offsets(2)).containsExactly(1L, 3L);
	}

	@Test
	void claimsWhenANodeEndsThenAnotherTakesThemWithoutWaitingForTheLease() {
		reopen("lease", "1h");
		awaitPeers();
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		read(this.inbox, to, here);
		publish(to, 1, 3);
		here.offsets(3);
		read(this.other, to, there);
		reopen("lease", LONGER.toSeconds() + "s");
		assertThat(there.offsets(3)).containsExactly(1L, 2L, 3L);
	}

	@Test
	void claimsWhenTheDatabaseWasAwayLongerThanTheLeaseThenKeepTheirOwners() {
		Destination to = shared();
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		read(this.inbox, to, here);
		read(this.other, to, there);
		publish(to, 1, 20);
		Awaitility.await().until(() -> here.size() + there.size() == 20);
		List<Map<String, Object>> before = owners(to);
		// What the rows of both nodes look like after both were cut off for long.
		database().template().update("UPDATE nodes SET lease_until = 0");
		Awaitility.await().until(() -> living() >= 2);
		Awaitility.await().pollDelay(LONGER.plusSeconds(2)).atMost(Duration.ofMinutes(1)).until(() -> living() >= 2);
		assertThat(owners(to)).isEqualTo(before);
		assertThat(here.size() + there.size()).isEqualTo(20);
	}

	private int living() {
		Integer count = database().template()
			.queryForObject(
					"SELECT COUNT(*) FROM nodes WHERE lease_until > EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000",
					Integer.class);
		return (count != null) ? count : 0;
	}

	private List<Map<String, Object>> owners(Destination of) {
		return database().template().queryForList("""
				SELECT c.log_offset, c.owner FROM inbox_claims c JOIN inbox_readers r ON r.id = c.reader_id
				JOIN inbox_logs l ON l.id = r.log_id WHERE l.address = ? ORDER BY c.log_offset
				""", of.address());
	}

	@Test
	void claimsWhenTheClockOfANodeIsHoursAheadThenItStealsNone() {
		Destination to = shared();
		Recorder here = new Recorder();
		read(this.inbox, to, here);
		publish(to, 1, 3);
		here.offsets(3);
		List<Map<String, Object>> before = owners(to);
		this.other.destroy();
		MutableClock ahead = new MutableClock(Instant.now().plus(Duration.ofHours(2)));
		this.other = Inboxes.start(database(), ahead, "lease", LONGER.toSeconds() + "s");
		Recorder there = new Recorder();
		read(this.other, to, there);
		Awaitility.await().pollDelay(LONGER.plusSeconds(2)).atMost(Duration.ofMinutes(1)).until(() -> living() >= 2);
		assertThat(owners(to)).isEqualTo(before);
		assertThat(there.isEmpty()).isTrue();
	}

	@Test
	void nodeWhenTakenForDeadThenHandsOutOnlyWhatIsStillIts() {
		Destination to = shared();
		Recorder here = new Recorder();
		ReaderSubscription first = await(this.inbox.subscribe(now(to), here));
		first.request(2);
		publish(to, 1, 2);
		here.offsets(2);
		await(first.close(false));
		Recorder there = new Recorder();
		read(this.other, to, there);
		assertThat(there.offsets(2)).containsExactly(1L, 2L);
		database().template().update("DELETE FROM nodes WHERE incarnation = ?", Inboxes.node(this.other).id());
		new ClaimRelease(database().template()).departed(Inboxes.node(this.other).id());
		Recorder later = new Recorder();
		read(this.inbox, to, later);
		assertThat(later.offsets(2)).containsExactly(1L, 2L);
		Awaitility.await().until(() -> Inboxes.node(this.other).losses() >= 1);
		publish(to, 3, 4);
		Awaitility.await().until(() -> there.size() + later.size() == 2);
	}

	@Test
	void hintWhenItFollowsOnWhatIsKnownThenReadersGetItWithoutAQuery() {
		Destination to = own();
		Recorder there = new Recorder();
		ReaderSubscription reading = read(this.other, to, there);
		StoredMessage forged = new StoredMessage(1, reading.epoch(), 1, Long.MAX_VALUE, "text/plain", Map.of(),
				"from the hint".getBytes());
		this.other.hinted(new LogHint(to, reading.epoch(), 1, List.of(forged)));
		// Nothing of it is in the database.
		assertThat(there.body()).isEqualTo("from the hint");
	}

	@Test
	void hintWhenOfAnotherLifeThenNothingOfItIsTaken() {
		Destination to = own();
		Recorder there = new Recorder();
		read(this.other, to, there);
		StoredMessage foreign = new StoredMessage(1, "elsewhere", 1, Long.MAX_VALUE, "text/plain", Map.of(),
				"foreign".getBytes());
		this.other.hinted(new LogHint(to, "elsewhere", 1, List.of(foreign)));
		publish(to, 1, 1);
		assertThat(there.body()).isEqualTo("m1");
	}

	@Test
	void hintsWhenCarriedThenOneIsGivenForEachLogAndCommitAndLargeOnesHaveNoMessages() {
		List<LogHint> told = new ArrayList<>();
		this.inbox.carry(new DirectHints(this.other, told));
		Destination to = own();
		Recorder there = new Recorder();
		read(this.other, to, there);
		publish(to, 1, 30);
		assertThat(there.offsets(30)).isEqualTo(range(1, 30));
		assertThat(told).allSatisfy((hint) -> assertThat(hint.destination()).isEqualTo(to));
		assertThat(told.get(told.size() - 1).head()).isEqualTo(30);
		await(this.inbox.append(at(to, "x".repeat(LogHint.MAX_BYTES), null)));
		assertThat(told.get(told.size() - 1).messages()).isEmpty();
	}

	@Test
	void hintsWhenTheyAreManyAndWithoutMessagesThenWhoSubscribesIsNotRefused() {
		Destination to = own();
		ReaderSubscription reading = read(this.other, to, new Recorder());
		for (int i = 1; i <= 200_000; i++) {
			this.other.hinted(new LogHint(to, reading.epoch(), i, List.of()));
		}
		read(this.other, own(), new Recorder());
	}

	@Test
	void logWhenRemovedByTheOtherNodeThenItsReadersHereEndAndANewLifeIsReadFromTheStart() throws Exception {
		Destination to = Destination.forPublish("/user/removed/queue/a");
		Recorder there = new Recorder();
		read(this.other, to, there);
		publish(to, 1, 2);
		there.offsets(2);
		await(this.inbox.removeOwnedBy("removed"));
		publish(to, 1, 1);
		assertThat(there.awaitEnd()).isTrue();
		Recorder anew = new Recorder();
		assertThat(read(this.other, to, anew).offset()).isOne();
	}

}
