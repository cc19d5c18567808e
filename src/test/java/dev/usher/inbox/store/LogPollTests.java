package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.inbox.Appended;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.StoredMessage;
import dev.usher.node.NodeLease;
import dev.usher.protocol.Destination;
import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is looked at where the database is the only one to tell. */
class LogPollTests {

	private final Clock clock = Clock.systemUTC();

	private TestDatabase database;

	private long begun;

	private NodeLease node;

	private NodeLease other;

	@BeforeEach
	void open() {
		this.database = TestDatabase.postgres();
		this.begun = System.nanoTime();
		this.node = Inboxes.node(this.database, this.clock);
		this.other = Inboxes.node(this.database, this.clock);
		Await.until(this.node::hasPeers);
	}

	@AfterEach
	void close() {
		this.other.destroy();
		this.node.destroy();
		this.database.close();
	}

	@Test
	void headsWhenThereAreMoreThanARoundsPartThenTheRestIsLookedAtSoonToo() {
		Peers peers = new Peers(this.node);
		peers.carry(new QuietHints());
		LiveLogs live = new LiveLogs(new Tails(1), peers);
		LogPoll poll = poll(live, peers);
		for (int i = 1; i <= 2 * PollRound.MOST + 1; i++) {
			Destination destination = Destination.forPublish("/queue/removed" + i);
			live.use(destination).isOf(new LogHead(i, destination.address(), "gone", 0));
		}
		// None of them is in the database, so each that is looked at ends.
		Await.within(20, () -> {
			poll.run();
			return live.addresses().isEmpty();
		});
	}

	@Test
	void headsWhenAGapBeganAndEndedBetweenTwoLooksThenAreLookedAtSoon() {
		Peers peers = new Peers(this.node);
		AtomicLong gaps = new AtomicLong();
		peers.carry(new CountedGaps(gaps, true, new ArrayList<>()));
		LiveLogs live = new LiveLogs(new Tails(1), peers);
		LogPoll poll = poll(live, peers);
		Await.until(peers::tellAll);
		// Who has not seen this node's row yet, within three looks, tells it nothing.
		assertThat(Duration.ofNanos(System.nanoTime() - this.begun)).isGreaterThan(Duration.ofSeconds(3));
		poll.run();
		Destination destination = Destination.forPublish("/queue/removed");
		live.use(destination).isOf(new LogHead(1, destination.address(), "gone", 0));
		gaps.incrementAndGet();
		// The next of the rare looks is 30 s away.
		Await.within(20, () -> {
			poll.run();
			return live.addresses().isEmpty();
		});
	}

	@Test
	void hintWhenNoOtherNodeIsKnownByItsLeaseThenIsToldToThoseThatAreHeard() {
		this.other.destroy();
		Await.until(() -> !this.node.hasPeers());
		List<LogHint> told = new ArrayList<>();
		Destination destination = Destination.forPublish("/queue/heard");
		StoredMessage message = new StoredMessage(1, "epoch", 0, Long.MAX_VALUE, null, Map.of(), new byte[1]);
		List<MessageStore.Outcome> stored = List
			.of(new MessageStore.Outcome(new LogHead(1, destination.address(), "epoch", 1),
					Inboxes.draft(destination, "m"), message, new Appended(1, "epoch", false)));
		Peers peers = new Peers(this.node);
		peers.carry(new CountedGaps(new AtomicLong(), false, told));
		peers.tell(stored);
		assertThat(told).isEmpty();
		peers.carry(new CountedGaps(new AtomicLong(), true, told));
		peers.tell(stored);
		assertThat(told).singleElement().extracting(LogHint::head).isEqualTo(1L);
	}

	@Test
	void hintWhenItComesBeforeAnybodyKnowsTheLogThenTheLogIsLookedAtOnceItIsKnown() {
		Peers peers = new Peers(this.node);
		peers.carry(new Hints());
		LiveLogs live = new LiveLogs(new Tails(1), peers);
		Destination to = Inboxes.own();
		LogHead head = new LogHead(1, to.address(), "life", 5);
		// Who joins has read the row and not said yet which log it is.
		LiveLog joined = live.use(to);
		assertThat(live.takeHeard(10)).isEmpty();
		live.hinted(new LogHint(to, head.epoch(), 6, List.of()));
		assertThat(live.takeHeard(10)).isEmpty();
		joined.isOf(head);
		joined.reached(head.head());
		assertThat(live.takeHeard(10)).containsOnlyKeys(to.address());
	}

	@Test
	void logWhenItIsUsedAgainWhileHintsOfItDoNotArriveThenItIsLookedAtOnceTheyDo() {
		Hints hints = new Hints();
		Peers peers = new Peers(this.node);
		peers.carry(hints);
		LiveLogs live = new LiveLogs(new Tails(1), peers);
		Destination to = Inboxes.own();
		live.use(to).isOf(new LogHead(1, to.address(), "life", 0));
		hints.arrive = false;
		live.use(to);
		assertThat(live.takeHeard(10)).isEmpty();
		hints.arrive = true;
		assertThat(live.takeHeard(10)).containsOnlyKeys(to.address());
	}

	private LogPoll poll(LiveLogs live, Peers peers) {
		InboxProperties properties = Inboxes.properties();
		InboxDatabase inbox = new InboxDatabase(this.database.template());
		LogStore logs = new LogStore(inbox, new LogQuota(inbox, properties, this.clock), properties, this.clock);
		return new LogPoll(live, logs, new ReaderStore(inbox, properties, this.clock, peers), peers);
	}

	/** Hints that arrive, and gaps that a test makes. */
	private static final class CountedGaps extends QuietHints {

		private final AtomicLong counted;

		private final boolean hearAnybody;

		private final List<LogHint> told;

		CountedGaps(AtomicLong counted, boolean hearAnybody, List<LogHint> told) {
			this.counted = counted;
			this.hearAnybody = hearAnybody;
			this.told = told;
		}

		@Override
		public long gaps() {
			return this.counted.get();
		}

		@Override
		public boolean hearAnybody() {
			return this.hearAnybody;
		}

		@Override
		public void appended(LogHint hint) {
			this.told.add(hint);
		}

	}

	/** A bus that carries nothing, and says what a test wants. */
	private static final class Hints extends QuietHints {

		private boolean arrive = true;

		@Override
		public boolean arrive(Destination destination) {
			return this.arrive;
		}

	}

}
