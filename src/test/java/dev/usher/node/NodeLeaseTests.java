package dev.usher.node;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.bus.BusProperties.Engine;
import dev.usher.inbox.store.TestDatabase;
import dev.usher.storage.StorageException;
import dev.usher.testing.MutableClock;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Who may live beside whom, and who takes over from whom, on a real PostgreSQL. */
class NodeLeaseTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	/** Of one that is alive to all, however long its process stands still. */
	private static final Duration LONG = Duration.ofHours(1);

	private final MutableClock clock = new MutableClock(Instant.now());

	private final List<NodeLease> started = new ArrayList<>();

	private final Departures departures = new Departures();

	private TestDatabase database;

	@BeforeEach
	void open() {
		this.database = TestDatabase.postgres();
	}

	@AfterEach
	void close() {
		this.started.forEach(NodeLease::destroy);
		this.database.close();
	}

	private NodeLease start(Engine bus, @Nullable String name, int lanes) {
		return start(bus, name, lanes, LEASE);
	}

	private NodeLease start(Engine bus, @Nullable String name, int lanes, Duration lease) {
		NodeLease node = TestNodes.start(this.database.template(), TestNodes.member(bus, name, lanes), lease,
				this.clock, this.departures);
		this.started.add(node);
		return node;
	}

	private void assertRefused(Engine bus, @Nullable String name, int lanes, String sentence) {
		assertThatExceptionOfType(StorageException.class).isThrownBy(() -> start(bus, name, lanes))
			.withMessageContaining(sentence);
	}

	@Test
	void secondNodeWhenThereIsNoBusThenIsRefusedAndThePropertyNamed() {
		start(Engine.NONE, "one", 4, LONG);
		assertRefused(Engine.NONE, "two", 4, "usher.cluster.bus is none");
		assertRefused(Engine.REDIS, "two", 4, "usher.cluster.bus=none");
	}

	@Test
	void secondNodeWhenItHasTheNameOfOneThatLivesThenIsRefused() {
		start(Engine.REDIS, "one", 4, LONG);
		assertRefused(Engine.REDIS, "one", 4, "name 'one'");
	}

	@Test
	void secondNodeWhenItsLanesDifferThenIsRefused() {
		start(Engine.REDIS, "one", 4, LONG);
		assertRefused(Engine.REDIS, "two", 8, "usher.cluster.lanes=4, and this one 8");
	}

	@Test
	void secondNodeWhenTheFirstHasEndedThenStartsAtOnce() {
		start(Engine.NONE, null, 4, LONG).destroy();
		assertThat(start(Engine.NONE, null, 4).hasPeers()).isFalse();
	}

	@Test
	void restartWhenTheNodeWasKilledThenWaitsForItsOwnLeaseAndFreesWhatItHeld() {
		NodeLease killed = start(Engine.NONE, "one", 4);
		TestNodes.crash(killed);
		NodeLease again = start(Engine.NONE, "one", 4);
		assertThat(this.departures.gone).containsExactly(killed.id());
		assertThat(again.id()).isNotEqualTo(killed.id());
	}

	@Test
	void twoNodesWhenOneIsKilledThenTheOtherFreesWhatItHeldOnce() {
		NodeLease one = start(Engine.REDIS, "one", 4, LONG);
		NodeLease two = start(Engine.REDIS, "two", 4);
		await(() -> one.hasPeers() && two.hasPeers());
		kill(one);
		await(() -> this.departures.gone.contains(one.id()));
		await(() -> !two.hasPeers());
		assertThat(this.departures.gone).containsExactly(one.id());
	}

	@Test
	void nodeWhenItLivesOnThenFreesAlsoWhatNobodyWithARowHolds() {
		NodeLease one = start(Engine.REDIS, "one", 4);
		await(() -> this.departures.searches.get() > 1);
		assertThat(this.departures.remaining).containsExactly(one.id());
	}

	@Test
	void nodeWhenItHasOnlyJustStartedThenFreesNobody() {
		NodeLease one = start(Engine.REDIS, "one", 4);
		kill(one);
		NodeLease two = start(Engine.REDIS, "two", 4, LONG);
		two.tick();
		two.tick();
		assertThat(this.departures.gone).isEmpty();
	}

	/**
	 * Else an outage for all would let the first node that is back take from the others.
	 */
	@Test
	void nodeWhenItsRenewalsFailedForALeaseThenGivesOthersAWholeLeaseToComeBack() {
		NodeLease one = start(Engine.REDIS, "one", 4);
		TestNodes.crash(one);
		NodeLease two = start(Engine.REDIS, "two", 4, LONG);
		kill(two);
		renewUntilGone(one, two);
		assertThat(this.departures.gone).as("renews without a gap for a lease").containsExactly(two.id());
		NodeLease three = start(Engine.REDIS, "three", 4, LONG);
		kill(three);
		Awaitility.await().pollDelay(LEASE.plusMillis(200)).until(() -> true);
		// Two are a part of a lease, or have a lease between them and are the first
		// again.
		one.tick();
		one.tick();
		assertThat(this.departures.gone).as("has been back for a part of a lease").containsExactly(two.id());
		renewUntilGone(one, three);
		assertThat(this.departures.gone).containsExactly(two.id(), three.id());
	}

	private void renewUntilGone(NodeLease node, NodeLease other) {
		Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(100)).until(() -> {
			node.tick();
			return this.departures.gone.contains(other.id());
		});
	}

	/** As {@code kill -9} does, once its lease is over. */
	private void kill(NodeLease node) {
		TestNodes.crash(node);
		TestNodes.expire(this.database.template(), node.id());
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(condition);
	}

	/** A link that swallows everything does not answer either. */
	@Test
	void nodeWhenTheDatabaseDoesNotAnswerThenTriesAgainBeforeItsLeaseIsOver() throws Exception {
		NodeLease one = start(Engine.REDIS, "one", 4);
		TestNodes.crash(one);
		try (Connection locking = this.database.template().getDataSource().getConnection();
				Statement statement = locking.createStatement()) {
			locking.setAutoCommit(false);
			statement.execute("LOCK TABLE nodes IN ACCESS EXCLUSIVE MODE");
			assertThat(CompletableFuture.runAsync(one::tick)).succeedsWithin(Duration.ofSeconds(20));
			locking.rollback();
		}
		one.tick();
		assertThat(one.living()).extracting(Member::id).containsExactly(one.id());
	}

	@Test
	void nodeWhenItsRowWasRemovedThenLivesOnAndKnowsThatItHoldsNothing() {
		NodeLease one = start(Engine.REDIS, "one", 4);
		this.database.template().update("DELETE FROM nodes");
		await(() -> one.losses() == 1 && one.living().size() == 1);
	}

	@Test
	void clockWhenItIsOffThenIsMeasuredAndFiveSecondsAreTooMany() {
		NodeLease one = start(Engine.REDIS, "one", 4);
		this.clock.set(Instant.now().plusSeconds(60));
		await(() -> one.skew().seconds() >= 40);
		assertThat(one.skew().seconds()).isLessThanOrEqualTo(60);
		assertThat(one.skew().isUnfit()).isTrue();
		this.clock.set(Instant.now().minusSeconds(60));
		await(() -> one.skew().seconds() < -50);
		assertThat(one.skew().isUnfit()).isTrue();
	}

	@Test
	void earlierReleaseWhenANodeOfItLivesThenIsSeenAndFreedWhenItsLeaseIsOver() {
		this.database.template().update("INSERT INTO inbox_nodes (node, lease_until) VALUES ('old', 99999999999999)");
		assertRefused(Engine.NONE, "new", 4, "'old'");
		NodeLease one = start(Engine.REDIS, "new", 4);
		await(one::hasPeers);
		this.database.template().update("UPDATE inbox_nodes SET lease_until = 0");
		await(() -> this.departures.gone.contains("old"));
	}

	private static final class Departures implements DepartedNodes {

		private final List<String> gone = new CopyOnWriteArrayList<>();

		@Override
		public void departed(String id) {
			this.gone.add(id);
		}

		private final Set<String> remaining = ConcurrentHashMap.newKeySet();

		private final AtomicInteger searches = new AtomicInteger();

		@Override
		public void onlyRemaining(Collection<String> ids) {
			this.remaining.addAll(ids);
			this.searches.incrementAndGet();
		}

	}

}
