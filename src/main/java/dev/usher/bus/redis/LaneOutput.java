package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.thread.FailureLog;
import dev.usher.thread.Worker;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the entries of one lane, in the order in which they were sent. One thread
 * makes frames of all that waits and flushes them together; entries that follow each
 * other to one channel share a frame. Bytes count until the engine has answered, so that
 * an engine that is slow holds up no memory: what is beyond the bound is refused, and so
 * is everything while there is no connection. Nothing is sent twice.
 */
final class LaneOutput {

	private static final Logger logger = LoggerFactory.getLogger(LaneOutput.class);

	/** Entries of one flush: beyond it those in front wait, and a write gains nothing. */
	private static final int MOST_OF_FLUSH = 256;

	private static final int MOST_OF_FRAME = 64;

	/** Bytes after which a frame takes no further entry. */
	private static final int FULL_FRAME = 16 * 1024;

	private final BusFrame head;

	private final String prefix;

	private final FrameSeal seal;

	private final long limit;

	private final LongSupplier clock;

	private final BusTally tally;

	private final Refused refused;

	private final Queue<Outgoing> waiting = new ConcurrentLinkedQueue<>();

	/** Those whose senders may still wait, oldest first. */
	private final Queue<Outgoing> unanswered = new ConcurrentLinkedQueue<>();

	/** Those whose senders do wait and can be told. */
	private final Queue<Outgoing> answered = new ConcurrentLinkedQueue<>();

	private final AtomicLong bytes = new AtomicLong();

	private final LaneThread thread;

	private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

	private long sequence;

	/** Is told why the engine refused a frame; on the thread of the connection. */
	@FunctionalInterface
	interface Refused {

		/**
		 * @param by the connection that published it, which may have been replaced
		 */
		void onRefused(StatefulRedisConnection<byte[], byte[]> by, Throwable failure);

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
		this.head = head;
		this.prefix = prefix;
		this.seal = seal;
		this.limit = limit;
		this.clock = clock;
		this.tally = tally;
		this.refused = refused;
		this.thread = new LaneThread("usher-bus-out-" + head.lane(),
				new FailureLog(logger, "Entries could not be sent to the other nodes"), this::turn);
	}

	void start() {
		this.thread.start();
	}

	Worker worker() {
		return this.thread.worker();
	}

	/** Publishes by this connection from now on. */
	void connect(StatefulRedisConnection<byte[], byte[]> connection) {
		this.connection = connection;
	}

	/** Refuses everything from now on; what is under way fails with the connection. */
	void disconnect() {
		this.connection = null;
		this.thread.wake();
	}

	void close() {
		disconnect();
		this.thread.close();
	}

	/** Any thread. */
	Outgoing send(BusChannel channel, EntryKind kind, byte[] entry) {
		Outgoing outgoing = new Outgoing(channel.name(), kind, entry, System.nanoTime());
		if (this.connection == null) {
			return lose(outgoing);
		}
		long before = this.bytes.getAndAdd(outgoing.size());
		if (before > 0 && before + outgoing.size() > this.limit) {
			this.bytes.addAndGet(-outgoing.size());
			return lose(outgoing);
		}
		this.waiting.add(outgoing);
		this.thread.wake();
		return outgoing;
	}

	private Outgoing lose(Outgoing outgoing) {
		this.tally.lost.increment();
		outgoing.complete(Reach.NODE);
		return outgoing;
	}

	/** Answers those that have waited long enough. Called each quarter of a second. */
	void expire() {
		long now = System.nanoTime();
		Outgoing oldest = this.unanswered.peek();
		while (oldest != null && (oldest.isDone() || now - oldest.at() > ReachWaiters.LONGEST)) {
			this.unanswered.poll();
			answer(oldest, Reach.NODE);
			oldest = this.unanswered.peek();
		}
	}

	private boolean turn() {
		boolean worked = answer();
		StatefulRedisConnection<byte[], byte[]> open = this.connection;
		PublishCommand.Settled settled = (entries, taken, failure) -> settled(open, entries, taken, failure);
		List<PublishCommand> commands = new ArrayList<>();
		Outgoing next = this.waiting.poll();
		for (int taken = 0; next != null; next = (taken < MOST_OF_FLUSH) ? this.waiting.poll() : null) {
			List<Outgoing> entries = together(next);
			taken += entries.size();
			commands.add(command(entries, settled));
		}
		if (!commands.isEmpty()) {
			dispatch(open, commands);
		}
		return worked || !commands.isEmpty();
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

	private PublishCommand command(List<Outgoing> entries, PublishCommand.Settled settled) {
		byte[] channel = (this.prefix + entries.get(0).channel()).getBytes(StandardCharsets.UTF_8);
		byte[] frame = new BusFrame(this.head.lanes(), this.head.lane(), this.head.origin(), ++this.sequence,
				this.clock.getAsLong())
			.write(entries);
		this.seal.seal(channel, frame);
		for (Outgoing each : entries) {
			each.written();
			this.unanswered.add(each);
		}
		return new PublishCommand(channel, frame, entries, settled);
	}

	private static void dispatch(@Nullable StatefulRedisConnection<byte[], byte[]> open,
			List<PublishCommand> commands) {
		if (open == null) {
			commands.forEach(PublishCommand::cancel);
			return;
		}
		try {
			open.dispatch(commands);
		}
		catch (RuntimeException ex) {
			commands.forEach((command) -> command.completeExceptionally(ex));
		}
	}

	/** On the thread of the connection, which must not run what senders do next. */
	private void settled(@Nullable StatefulRedisConnection<byte[], byte[]> by, List<Outgoing> entries, boolean taken,
			@Nullable Throwable failure) {
		for (Outgoing each : entries) {
			this.bytes.addAndGet(-each.size());
			if (!each.isProbe()) {
				((taken) ? this.tally.published : this.tally.lost).increment();
			}
			answer(each, (taken) ? Reach.CLUSTER : Reach.NODE);
		}
		if (by != null && failure != null) {
			this.refused.onRefused(by, failure);
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
