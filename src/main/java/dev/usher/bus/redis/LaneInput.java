package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.thread.FailureLog;
import dev.usher.thread.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the frames of one lane from its connection and hands their entries on, in their
 * order and on a thread of its own. Frames of our own, those with a wrong seal, those
 * seen before and those for which there is no room go no further.
 */
final class LaneInput {

	private static final Logger logger = LoggerFactory.getLogger(LaneInput.class);

	/** Frames handed on before what they have queued is written to the sockets. */
	private static final int MOST_TOGETHER = 256;

	/** What a frame takes in memory beside its bytes. */
	private static final int OVERHEAD = 100;

	private final BusFrame head;

	private final int prefix;

	private final FrameSeal seal;

	private final long limit;

	private final LongSupplier clock;

	private final BusTally tally;

	private final Receivers receivers;

	private final SeenFrames seen = new SeenFrames();

	private final Queue<Arrived> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicLong bytes = new AtomicLong();

	private final FailureLog failures = new FailureLog(logger, "An entry of another node could not be handled");

	private final LaneThread thread;

	/** Since when frames are lost for lack of room, null while none is. */
	private volatile @Nullable Long overflowedAt;

	/** Who takes entries, and how many calls are done together. */
	interface Receivers {

		Bus.@Nullable Receiver of(EntryKind kind);

		void together(Runnable work);

	}

	/**
	 * @param head of our own frames
	 * @param prefix how long that of the names of channels is
	 * @param limit bytes that may wait
	 * @param clock epoch milliseconds
	 */
	LaneInput(BusFrame head, int prefix, FrameSeal seal, long limit, LongSupplier clock, BusTally tally,
			Receivers receivers) {
		this.head = head;
		this.prefix = prefix;
		this.seal = seal;
		this.limit = limit;
		this.clock = clock;
		this.tally = tally;
		this.receivers = receivers;
		this.thread = new LaneThread("usher-bus-in-" + head.lane(), this.failures, this::turn);
	}

	void start() {
		this.thread.start();
	}

	Worker worker() {
		return this.thread.worker();
	}

	void close() {
		this.thread.close();
	}

	/**
	 * Takes a frame in; on the thread of the connection, which goes on at once. It is
	 * handed on after {@link #wake()}.
	 */
	void arrived(byte[] channel, byte[] frame) {
		if (!BusFrame.isReadable(frame)) {
			this.tally.drop(FrameFault.FOREIGN);
			return;
		}
		if (BusFrame.originOf(frame) == this.head.origin()) {
			this.tally.echo.increment();
			return;
		}
		int size = channel.length + frame.length + OVERHEAD;
		long before = this.bytes.getAndAdd(size);
		if (before > 0 && before + size > this.limit) {
			this.bytes.addAndGet(-size);
			this.tally.lost.increment();
			overflowed();
			return;
		}
		this.waiting.add(new Arrived(channel, frame, size));
	}

	/** Has the frames that have arrived handed on. */
	void wake() {
		if (!this.waiting.isEmpty()) {
			this.thread.wake();
		}
	}

	/** Whether frames are lost, or were until a moment ago. */
	boolean isOverflowed() {
		return this.overflowedAt != null;
	}

	private void overflowed() {
		if (this.overflowedAt == null) {
			this.overflowedAt = System.nanoTime();
		}
	}

	/**
	 * Since when frames were lost for lack of room, once there is much room again; null
	 * where none was, or there is none. Under steady load there are always some that
	 * wait.
	 */
	@Nullable Long takeOverflow() {
		Long since = (this.bytes.get() <= this.limit / 2) ? this.overflowedAt : null;
		if (since != null) {
			this.overflowedAt = null;
		}
		return since;
	}

	private boolean turn() {
		List<Arrived> some = new ArrayList<>();
		Arrived next = this.waiting.poll();
		while (next != null) {
			some.add(next);
			next = (some.size() < MOST_TOGETHER) ? this.waiting.poll() : null;
		}
		if (!some.isEmpty()) {
			this.receivers.together(() -> some.forEach(this::handle));
		}
		return !some.isEmpty();
	}

	private void handle(Arrived arrived) {
		try {
			FrameFault fault = open(arrived);
			if (fault != null) {
				this.tally.drop(fault);
			}
		}
		catch (Throwable ex) {
			this.failures.note(ex);
		}
		finally {
			this.bytes.addAndGet(-arrived.size());
		}
	}

	private @Nullable FrameFault open(Arrived arrived) {
		if (!this.seal.fits(arrived.channel(), arrived.frame())) {
			return FrameFault.SEAL;
		}
		BusFrame frame = BusFrame.headOf(arrived.frame());
		if (frame.lanes() != this.head.lanes() || frame.lane() != this.head.lane()) {
			return FrameFault.LANES;
		}
		FrameFault fault = this.seen.note(frame, this.clock.getAsLong());
		if (fault != null) {
			return fault;
		}
		BusChannel channel = new BusChannel(new String(arrived.channel(), this.prefix,
				arrived.channel().length - this.prefix, StandardCharsets.UTF_8));
		try {
			BusFrame.read(arrived.frame(), (kind, entry) -> handOn(channel, frame.origin(), kind, entry));
			return null;
		}
		catch (IllegalArgumentException ex) {
			return FrameFault.MALFORMED;
		}
	}

	/** A failure of one entry is not one of the frame. */
	private void handOn(BusChannel channel, long origin, int number, byte[] entry) {
		this.tally.received.increment();
		EntryKind kind = EntryKind.of(number);
		Bus.Receiver receiver = (kind != null) ? this.receivers.of(kind) : null;
		if (receiver == null) {
			return;
		}
		try {
			receiver.onEntry(channel, origin, entry);
		}
		catch (Throwable ex) {
			this.failures.note(ex);
		}
	}

	private record Arrived(byte[] channel, byte[] frame, int size) {

	}

}
