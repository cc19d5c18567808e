package dev.usher.inbox.store;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import dev.usher.inbox.ReaderSubscription;
import dev.usher.node.TestNodes;
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
 * A reader that goes on on another node, after its own was killed or while it lives. A
 * killed node has no room for more, as its threads go on in this process.
 */
class SuccessorTests extends InboxFixture {

	/** No node loses it by standing still for a moment. */
	private static final String LONGER = "10s";

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
		this.other = open("lease", LONGER);
	}

	@AfterEach
	void closeOther() {
		this.other.destroy();
	}

	@Override
	TestDatabase database() {
		return database;
	}

	private void firstNode(String lease) {
		reopen("lease", lease);
		awaitPeers(this.other);
	}

	private void awaitPeers(DatabaseInbox of) {
		Awaitility.await().until(() -> Inboxes.node(this.inbox).hasPeers() && Inboxes.node(of).hasPeers());
	}

	/** Has the first node hand out so many, and no more. */
	private void handOut(Destination to, String reader, int messages) {
		Recorder here = new Recorder();
		await(this.inbox.subscribe(durable(to, reader, 0L), here)).request(messages);
		publish(to, 1, messages);
		here.offsets(messages);
	}

	private static ReaderSubscription read(DatabaseInbox inbox, Destination to, String reader, Recorder recorder) {
		ReaderSubscription subscription = await(inbox.subscribe(durable(to, reader, null), recorder));
		subscription.request(Long.MAX_VALUE);
		return subscription;
	}

	@Test
	void durableReaderWhenItsNodeWasKilledThenTheOlderComeBeforeTheNewer() {
		firstNode(LONGER);
		Destination to = own();
		handOut(to, "phone", 3);
		TestNodes.crash(Inboxes.node(this.inbox));
		Recorder there = new Recorder();
		read(this.other, to, "phone", there);
		publish(to, 4, 6);
		List<Recorder.Received> all = IntStream.range(0, 6).mapToObj((i) -> there.next()).toList();
		assertThat(all).extracting(Recorder.Received::offset).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
		assertThat(all).extracting(Recorder.Received::redelivered)
			.containsExactly(true, true, true, false, false, false);
	}

	@Test
	void durableReaderWhenTwoOfItsNodesWereKilledThenWaitsForBoth() {
		firstNode(LONGER);
		Destination to = own();
		handOut(to, "phone", 2);
		DatabaseInbox second = open("lease", LONGER);
		try {
			Recorder between = new Recorder();
			ReaderSubscription reading = await(second.subscribe(durable(to, "phone", null), between));
			awaitPeers(second);
			// It is the other node of a group until the first one is killed.
			reading.request(2);
			publish(to, 3, 4);
			assertThat(between.offsets(2)).containsExactly(3L, 4L);
			TestNodes.crash(Inboxes.node(this.inbox));
			TestNodes.crash(Inboxes.node(second));
			Recorder there = new Recorder();
			read(this.other, to, "phone", there);
			publish(to, 5, 6);
			assertThat(there.offsets(6)).isEqualTo(range(1, 6));
		}
		finally {
			second.destroy();
		}
	}

	@Test
	void durableReaderWhenTheOtherNodeLivesThenDoesNotWaitForItsLease() {
		firstNode("1h");
		Destination to = own();
		handOut(to, "shared", 3);
		Recorder there = new Recorder();
		read(this.other, to, "shared", there);
		publish(to, 4, 6);
		assertThat(there.offsets(3)).containsExactly(4L, 5L, 6L);
	}

	@Test
	void durableReaderWhenAnotherNodeThatLivesHasItTooThenDoesNotWaitForTheDeadOne() {
		firstNode("1h");
		Destination to = shared();
		// It has joined and has no room.
		await(this.other.subscribe(durable(to, "workers", 0L), new Recorder()));
		handOut(to, "workers", 2);
		TestNodes.crash(Inboxes.node(this.inbox));
		DatabaseInbox third = open("lease", LONGER);
		try {
			Recorder there = new Recorder();
			read(third, to, "workers", there);
			publish(to, 3, 6);
			assertThat(there.offsets(4)).containsExactly(3L, 4L, 5L, 6L);
		}
		finally {
			third.destroy();
		}
	}

	@Test
	void durableReaderWhenTheOtherNodeHasNothingOfItThenWaitsForNobody() {
		firstNode("1h");
		Destination to = own();
		await(this.inbox.subscribe(durable(to, "phone", 0L), new Recorder()));
		TestNodes.crash(Inboxes.node(this.inbox));
		Recorder there = new Recorder();
		read(this.other, to, "phone", there);
		publish(to, 1, 2);
		assertThat(there.offsets(2)).containsExactly(1L, 2L);
	}

	@Test
	void durableReaderWhenItsNodeSignedOffMeanwhileThenGetsTheOlderAtOnce() {
		firstNode("1h");
		Destination to = own();
		handOut(to, "phone", 2);
		TestNodes.crash(Inboxes.node(this.inbox));
		Recorder there = new Recorder();
		read(this.other, to, "phone", there);
		publish(to, 3, 4);
		reopen("lease", LONGER);
		assertThat(there.offsets(4)).isEqualTo(range(1, 4));
	}

	@Test
	void readerOfOneConnectionWhenAnyNodeWasKilledThenWaitsForNobody() {
		firstNode("1h");
		Destination to = own();
		handOut(to, "phone", 2);
		TestNodes.crash(Inboxes.node(this.inbox));
		Recorder there = new Recorder();
		await(this.other.subscribe(now(to), there)).request(2);
		publish(to, 3, 4);
		assertThat(there.offsets(2)).containsExactly(3L, 4L);
	}

}
