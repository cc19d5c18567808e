package dev.usher.bus.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.bus.SendTurn;
import dev.usher.thread.FailureLog;
import dev.usher.thread.Worker;
import io.lettuce.core.RedisCommandExecutionException;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the entries of one lane, in the order in which they were sent. The thread of
 * the connection makes frames of all that waits and flushes them together; entries that
 * follow each other to one channel share a frame. Bytes count until the engine has
 * answered, so that an engine that is slow holds up no memory: what is beyond the bound
 * is refused, and so is everything while there is no connection. Nothing is sent twice.
 */
final class LaneOutput {

	private static final Logger logger = LoggerFactory.getLogger(LaneOutput.class);

	/** Entries of one flush: beyond it those in front wait, and a write gains nothing. */
	private static final int MOST_OF_FLUSH = 256;

	private static final int MOST_OF_FRAME = 64;

	/** Bytes after which a frame takes no further entry. */
	private static final int FULL_FRAME = 16 * 1024;

	/** Bytes after which what was gathered is flushed. */
	private static final int FULL_FLUSH = 128 * 1024;

	private final PublishBuffer commands;

	private final long limit;

	private final BusTally tally;

	private final Refused refused;

	private final Queue<Outgoing> waiting = new ConcurrentLinkedQueue<>();

	/** Whether somebody publishes or is about to: there is one at a time. */
	private final AtomicBoolean publishes = new AtomicBoolean();

	/** Those whose senders do wait and can be told. */
	private final Queue<Outgoing> answered = new ConcurrentLinkedQueue<>();

	private final AtomicLong bytes = new AtomicLong();

	private final FailureLog failures = new FailureLog(logger, "Entries could not be sent to the other nodes");

	/** Runs what senders do next, which must not hold up the connection. */
	private final LaneThread thread;

	private final Runnable start = this::publishSoon;

	private volatile @Nullable Publishing publishing;

	/** Is told why the engine refused a frame; on the thread of the connection. */
	@FunctionalInterface
	interface Refused {

		/**
		 * @param by the connection that published it, which may have been replaced
		 */
		void onRefused(Channel by, Throwable failure);

	}

	/**
	 * @param head of all its frames, but for sequence and time
	 * @param prefix of the names of channels
	 * @param limit bytes that may wait
	 * @param clock epoch milliseconds
	 * @param refused is told why the engine refused a frame
	 */
	LaneOutput(BusFrame head, String prefix, FrameSeal seal, long limit, LongSupplier clock, BusTally tally,
			Refused refused) {
		this.commands = new PublishBuffer(head, prefix, seal, clock);
		this.limit = limit;
		this.tally = tally;
		this.refused = refused;
		this.thread = new LaneThread("usher-bus-out-" + head.lane(), this.failures, this::answer);
	}

	void start() {
		this.thread.start();
	}

	Worker worker() {
		return this.thread.worker();
	}

	/** Publishes by this connection from now on. */
	void connect(Channel channel) {
		Publishing next = new Publishing(channel, (entries, taken, error) -> settled(channel, entries, taken, error));
		ConnectionChannel.add(channel, next);
		this.publishing = next;
	}

	/** Refuses everything from now on; what is under way fails with the connection. */
	void disconnect() {
		this.publishing = null;
		publishSoon();
	}

	void close() {
		disconnect();
		this.thread.close();
	}

	/** Any thread. */
	Outgoing send(BusChannel channel, EntryKind kind, byte[] entry) {
		Outgoing outgoing = new Outgoing(channel.name(), kind, entry, System.nanoTime());
		if (this.publishing == null) {
			return lose(outgoing);
		}
		long before = this.bytes.getAndAdd(outgoing.size());
		if (before > 0 && before + outgoing.size() > this.limit) {
			this.bytes.addAndGet(-outgoing.size());
			return lose(outgoing);
		}
		this.waiting.add(outgoing);
		// Whoever publishes looks again before they stop.
		if (!this.publishes.get()) {
			SendTurn.current().sent(this.start);
		}
		return outgoing;
	}

	private Outgoing lose(Outgoing outgoing) {
		this.tally.unsent(outgoing);
		outgoing.complete(Reach.NODE);
		return outgoing;
	}

	/** Answers those that have waited long enough. Called each quarter of a second. */
	void expire() {
		// Whoever waits within the turn in which they have sent would wait for ever.
		if (!this.waiting.isEmpty()) {
			publishSoon();
		}
		Publishing open = this.publishing;
		if (open != null) {
			open.execute(() -> expire(open, System.nanoTime()));
		}
	}

	private void expire(Publishing open, long now) {
		for (List<Outgoing> entries : open.unanswered()) {
			if (now - entries.get(0).at() <= ReachWaiters.LONGEST) {
				return;
			}
			entries.forEach((each) -> answer(each, Reach.NODE));
		}
	}

	private void publishSoon() {
		if (this.publishes.compareAndSet(false, true)) {
			goOn();
		}
	}

	/** Whoever calls is the one who publishes. */
	private void goOn() {
		Publishing open = this.publishing;
		if (open == null || !open.execute(this::publishNow)) {
			publishNow();
		}
	}

	private void publishNow() {
		Publishing open = this.publishing;
		if (open != null && !open.isHere() && open.execute(this::publishNow)) {
			return;
		}
		try {
			if (open != null && open.isHere()) {
				publish(open);
			}
			else {
				loseAll();
			}
		}
		catch (Throwable ex) {
			this.failures.note(ex);
		}
		this.publishes.set(false);
		// What came meanwhile has started nobody.
		if (!this.waiting.isEmpty()) {
			publishSoon();
		}
	}

	private void publish(Publishing open) {
		Outgoing next = this.waiting.poll();
		int taken = 0;
		while (next != null) {
			List<Outgoing> entries = together(next);
			taken += entries.size();
			if (add(entries)) {
				open.expect(entries);
			}
			boolean full = taken >= MOST_OF_FLUSH || this.commands.length() >= FULL_FLUSH;
			next = (full) ? null : this.waiting.poll();
		}
		if (this.commands.length() > 0) {
			open.send(this.commands);
		}
	}

	/** What cannot be written is lost, and leaves nothing half written. */
	private boolean add(List<Outgoing> entries) {
		int before = this.commands.length();
		try {
			this.commands.publish(entries.get(0).channel(), entries);
			entries.forEach(Outgoing::written);
			return true;
		}
		catch (Throwable ex) {
			this.commands.cut(before);
			settled(null, entries, false, null);
			this.failures.note(ex);
			return false;
		}
	}

	private void loseAll() {
		Outgoing next = this.waiting.poll();
		while (next != null) {
			settled(null, List.of(next), false, null);
			next = this.waiting.poll();
		}
	}

	private boolean answer() {
		Outgoing outgoing = this.answered.poll();
		boolean worked = outgoing != null;
		while (outgoing != null) {
			outgoing.answer();
			outgoing = this.answered.poll();
		}
		return worked;
	}

	/** An entry and those behind it that go to the same channel. */
	private List<Outgoing> together(Outgoing first) {
		Outgoing next = this.waiting.peek();
		if (next == null || !next.channel().equals(first.channel())) {
			return List.of(first);
		}
		List<Outgoing> entries = new ArrayList<>();
		entries.add(first);
		int size = first.entry().length;
		while (next != null && entries.size() < MOST_OF_FRAME && size < FULL_FRAME
				&& next.channel().equals(first.channel())) {
			this.waiting.poll();
			entries.add(next);
			size += next.entry().length;
			next = this.waiting.peek();
		}
		return entries;
	}

	/** On the thread of the connection, which must not run what senders do next. */
	private void settled(@Nullable Channel by, List<Outgoing> entries, boolean taken, @Nullable String error) {
		for (Outgoing each : entries) {
			this.bytes.addAndGet(-each.size());
			if (!each.isProbe()) {
				count(each, taken);
			}
			answer(each, (taken) ? Reach.CLUSTER : Reach.NODE);
		}
		if (by != null && error != null) {
			this.refused.onRefused(by, new RedisCommandExecutionException(error));
		}
	}

	private void count(Outgoing entry, boolean taken) {
		if (taken) {
			this.tally.published.increment();
		}
		else {
			this.tally.unsent(entry);
		}
	}

	private void answer(Outgoing outgoing, Reach reach) {
		if (outgoing.getNumberOfDependents() == 0) {
			outgoing.complete(reach);
		}
		else if (!outgoing.isDone()) {
			outgoing.reach(reach);
			this.answered.add(outgoing);
			this.thread.wake();
		}
	}

}
