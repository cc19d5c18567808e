package dev.usher.inbox.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.usher.inbox.ReaderSubscription;
import dev.usher.node.Member;
import dev.usher.protocol.Destination;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.now;
import static dev.usher.inbox.store.Inboxes.own;
import static dev.usher.inbox.store.Inboxes.shared;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node that drains leaves what it had taken to those that read the same, while its own
 * subscriptions are still there.
 */
class DrainedInboxTests extends InboxFixture {

	private static TestDatabase database;

	private final Recorder here = new Recorder();

	private final Recorder there = new Recorder();

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
		this.other = open();
		Awaitility.await().until(() -> Inboxes.node(this.inbox).hasPeers() && Inboxes.node(this.other).hasPeers());
	}

	@AfterEach
	void closeOther() {
		this.other.destroy();
	}

	@Override
	TestDatabase database() {
		return database;
	}

	/** Claims the first messages here; nothing of it is acknowledged. */
	private ReaderSubscription take(Destination from, int messages) {
		ReaderSubscription subscription = read(now(from), this.here);
		publish(from, 1, messages);
		assertThat(this.here.offsets(messages)).isEqualTo(range(1, messages));
		return subscription;
	}

	private ReaderSubscription readThere(Destination from) {
		ReaderSubscription subscription = await(this.other.subscribe(now(from), this.there));
		subscription.request(Long.MAX_VALUE);
		return subscription;
	}

	private int claimed(Destination of, DatabaseInbox by) {
		Integer count = database().template().queryForObject("""
				SELECT COUNT(*) FROM inbox_claims c JOIN inbox_readers r ON r.id = c.reader_id
				JOIN inbox_logs l ON l.id = r.log_id WHERE l.address = ? AND c.owner = ?
				""", Integer.class, of.address(), Inboxes.node(by).id());
		return (count != null) ? count : 0;
	}

	@Test
	void claimsWhenTheNodeDrainsThenAnotherTakesThemMarkedWhileTheirSubscriptionIsStillHere() {
		Destination to = shared();
		take(to, 3);
		readThere(to);
		assertThat(this.other.adopted()).isZero();
		this.inbox.drain();
		List<Recorder.Received> taken = IntStream.range(0, 3).mapToObj((i) -> this.there.next()).toList();
		assertThat(taken).extracting(Recorder.Received::offset).containsExactly(1L, 2L, 3L);
		assertThat(taken).extracting(Recorder.Received::redelivered).containsOnly(true);
		assertThat(this.other.adopted()).isEqualTo(3);
	}

	@Test
	void claimsWhenTheNodeDrainsThenTheOthersAreTold() {
		List<Destination> freed = new CopyOnWriteArrayList<>();
		this.inbox.carry(new FreedHints(freed));
		Destination to = shared();
		take(to, 1);
		readThere(to);
		this.inbox.drain();
		Awaitility.await().until(() -> freed.contains(to));
	}

	@Test
	void messagesWhenTheNodeDrainsThenAllThatComeGoToTheOther() {
		Destination to = shared();
		take(to, 2);
		readThere(to);
		this.inbox.drain();
		this.there.offsets(2);
		publish(to, 3, 40);
		assertThat(this.there.offsets(38)).isEqualTo(range(3, 40));
		assertThat(this.here.isEmpty()).isTrue();
	}

	@Test
	void ackWhenTheNodeDrainsThenCountsAllTheSame() {
		Destination to = shared();
		ReaderSubscription mine = take(to, 3);
		// It has joined and has no room.
		ReaderSubscription theirs = await(this.other.subscribe(now(to), this.there));
		this.inbox.drain();
		Awaitility.await().until(() -> claimed(to, this.inbox) == 0);
		await(mine.ack(2));
		theirs.request(Long.MAX_VALUE);
		assertThat(this.there.offsets(2)).containsExactly(1L, 3L);
	}

	@Test
	void nackWhenTheNodeDrainsThenTheMessageStaysWithTheOther() {
		Destination to = shared();
		ReaderSubscription mine = take(to, 1);
		read(now(to), this.here);
		readThere(to);
		this.inbox.drain();
		this.there.offsets(1);
		await(mine.nack(1));
		this.clock.advance(Duration.ofSeconds(10));
		publish(to, 2, 2);
		assertThat(this.there.offsets(1)).containsExactly(2L);
		assertThat(this.here.isEmpty()).isTrue();
	}

	@Test
	void readerWhenNobodyElseHasItOpenThenGoesOnWhileTheNodeDrains() {
		Destination also = shared();
		take(also, 1);
		readThere(also);
		Destination to = own();
		read(durable(to, "phone", null), this.here);
		this.inbox.drain();
		// Once it has looked at all that is read here.
		assertThat(this.there.offsets(1)).containsExactly(1L);
		publish(to, 1, 3);
		assertThat(this.here.offsets(3)).containsExactly(1L, 2L, 3L);
	}

	@Test
	void readerWhenAnotherNodeOpensItLaterThenItsMessagesGoThere() {
		Destination to = shared();
		take(to, 2);
		this.inbox.drain();
		readThere(to);
		assertThat(this.there.offsets(2)).containsExactly(1L, 2L);
	}

	@Test
	void claimsWhenTheOtherNodeDrainsAsWellThenStayWhereTheyAre() {
		Destination to = shared();
		take(to, 1);
		await(this.other.subscribe(now(to), this.there));
		database().template()
			.update("UPDATE nodes SET draining = TRUE WHERE incarnation = ?", Inboxes.node(this.other).id());
		Awaitility.await().until(() -> Inboxes.node(this.inbox).living().stream().anyMatch(Member::draining));
		this.inbox.drain();
		// Longer than it takes to look at all readers again.
		Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> claimed(to, this.inbox) == 1);
	}

	@Test
	void readerWhenTheOtherNodeLeavesItThenGoesOnHere() {
		Destination to = shared();
		ReaderSubscription mine = take(to, 1);
		ReaderSubscription theirs = readThere(to);
		this.inbox.drain();
		this.there.offsets(1);
		await(mine.ack(1));
		await(theirs.close(false));
		publish(to, 2, 3);
		assertThat(this.here.offsets(2)).containsExactly(2L, 3L);
	}

	/** Keeps what was freed. */
	private static final class FreedHints extends QuietHints {

		private final List<Destination> freedAll;

		FreedHints(List<Destination> freedAll) {
			this.freedAll = freedAll;
		}

		@Override
		public void freed(Destination destination) {
			this.freedAll.add(destination);
		}

	}

}
