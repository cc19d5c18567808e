package dev.usher.socket;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import dev.usher.thread.FailureLog;
import dev.usher.thread.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that looks after the time limits of all connections. A turn of the wheel
 * takes {@value #LONGEST_DELAY} ms, the longest anything waits before it is looked at
 * again. When the wall clock was moved everything is looked at, so that limits follow it.
 */
final class TimingWheel implements AutoCloseable {

	/** Milliseconds from one slot to the next. */
	private static final int TICK = 10;

	/** Milliseconds. */
	static final int LONGEST_DELAY = 10_000;

	private static final int AFTER_FAILURE = 1000;

	/**
	 * By how many milliseconds the wall clock is ahead of the wheel or behind it before
	 * it counts as moved.
	 */
	private static final int MOVED = 100;

	/**
	 * One slot more than a turn has ticks, so that the longest delay is never the slot at
	 * hand.
	 */
	private static final int SLOTS = LONGEST_DELAY / TICK + 2;

	/** A turn of the wheel is over in milliseconds, however many it looks after. */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(TimingWheel.class);

	private final FailureLog failures = new FailureLog(logger,
			"A time limit could not be looked at and is looked at again in a second");

	/** Something that wants to be called at certain times. */
	@FunctionalInterface
	interface Timed {

		/**
		 * Looks at the time.
		 * @param now milliseconds of {@link TimingWheel#now()}
		 * @return after how many milliseconds to be called again, or a negative number
		 * for never
		 */
		long onTime(long now);

	}

	private final Slot[] slots = new Slot[SLOTS];

	private final Clock clock;

	private final long start = System.nanoTime();

	private final Thread thread = new Thread(this::run, "usher-time");

	private final Worker worker = new Worker("usher-time", PATIENCE, () -> !this.closed, () -> this.now);

	private volatile long now;

	private volatile boolean closed;

	/** A wheel of its own thread, which ends with it. */
	TimingWheel(Clock clock) {
		this.clock = clock;
		for (int i = 0; i < SLOTS; i++) {
			this.slots[i] = new Slot();
		}
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Milliseconds since the wheel was made, monotonic, exact to a tick. Costs no system
	 * call.
	 */
	long now() {
		return this.now;
	}

	/**
	 * Calls something later, on the wheel's thread.
	 * @param delay milliseconds, {@link #LONGEST_DELAY} at most
	 */
	void schedule(Timed timed, long delay) {
		schedule(timed, delay, this::now);
	}

	/**
	 * The same by a time of the caller's, which is asked again where it turns out to be
	 * over.
	 */
	void schedule(Timed timed, long delay, LongSupplier time) {
		long bounded = Math.max(TICK, Math.min(delay, LONGEST_DELAY));
		boolean added = false;
		while (!added) {
			long tick = time.getAsLong() / TICK + (bounded + TICK - 1) / TICK;
			added = this.slots[(int) (tick % SLOTS)].add(timed, tick);
		}
	}

	/** How the wheel's thread is watched. */
	Worker worker() {
		return this.worker;
	}

	private void run() {
		long tick = 0;
		long ahead = ahead();
		while (!this.closed) {
			long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.start);
			while (tick < elapsed / TICK && !this.closed) {
				tick++;
				this.now = tick * TICK;
				turn(this.slots[(int) (tick % SLOTS)], tick);
			}
			if (Math.abs(ahead() - ahead) > MOVED) {
				ahead = ahead();
				for (Slot slot : this.slots) {
					turn(slot, tick);
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK));
		}
	}

	/** By how much the wall clock is ahead of the wheel. */
	private long ahead() {
		return this.clock.millis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.start);
	}

	private void turn(Slot slot, long tick) {
		List<Timed> due;
		try {
			due = slot.take(tick);
		}
		catch (Throwable ex) {
			this.failures.note(ex);
			return;
		}
		for (Timed timed : due) {
			call(timed);
		}
	}

	/**
	 * Never throws: this is the only thread that ends what is over. What failed is called
	 * again, because a connection that nobody looks at outlives its token.
	 */
	private void call(Timed timed) {
		long delay;
		try {
			delay = timed.onTime(this.now);
		}
		catch (Throwable ex) {
			this.failures.note(ex);
			delay = AFTER_FAILURE;
		}
		if (delay >= 0) {
			schedule(timed, delay);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

	/** What is due at one place of the wheel. */
	static final class Slot {

		private List<Timed> due = new ArrayList<>();

		/** The tick at which it was emptied last. */
		private long taken;

		/**
		 * Adds one, unless its tick is over: a thread that was held up between looking at
		 * the time and this would have it wait for another turn of the wheel.
		 * @return whether it was added
		 */
		synchronized boolean add(Timed timed, long tick) {
			return tick > this.taken && this.due.add(timed);
		}

		synchronized List<Timed> take(long tick) {
			this.taken = tick;
			if (this.due.isEmpty()) {
				return List.of();
			}
			List<Timed> taken = this.due;
			this.due = new ArrayList<>();
			return taken;
		}

	}

}
