package dev.usher.socket;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How far a publisher has got, and the readers after it: they pause while it gets on, and
 * after each burst it waits until they have read all of it.
 */
final class Pace {

	/** Longer than anything here takes on a busy machine. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

	private int live;

	private int stored;

	/** Bursts that were published whole. */
	private int bursts;

	/** Readers that have read all of the last one. */
	private int through;

	private Throwable failure;

	/** The number of the next message of its kind, from 0. */
	synchronized int next(boolean isLive) {
		notifyAll();
		return (isLive) ? this.live++ : this.stored++;
	}

	/** How many messages a connection must have got by now. */
	synchronized long expected(int liveSubscriptions, int storedSubscriptions) {
		return (long) this.live * liveSubscriptions + (long) this.stored * storedSubscriptions;
	}

	/** How many bursts were published whole. */
	synchronized int bursts() {
		return this.bursts;
	}

	/**
	 * Waits until so many messages more were published, or the burst is at its end, but
	 * no longer than this.
	 */
	synchronized void pause(int messages, int burstsBefore, long nanos) {
		int until = this.live + this.stored + messages;
		await(() -> this.live + this.stored >= until || this.bursts > burstsBefore, nanos);
	}

	/** Waits for the next message or the end of the burst. */
	synchronized void awaitMore(long got, int liveSubscriptions, int storedSubscriptions, int burstsBefore) {
		if (!await(() -> expected(liveSubscriptions, storedSubscriptions) > got || this.bursts > burstsBefore,
				PATIENCE)) {
			throw new AssertionError("nothing more was published");
		}
	}

	/** A reader has got all of the burst. */
	synchronized void through() {
		this.through++;
		notifyAll();
	}

	/** The burst was published; waits until so many readers have got it. */
	synchronized void endBurst(int readers) {
		this.through = 0;
		this.bursts++;
		notifyAll();
		if (!await(() -> this.through >= readers, PATIENCE)) {
			throw new AssertionError(this.through + " of " + readers + " readers got all of burst " + this.bursts);
		}
	}

	/** A reader can not go on. */
	synchronized void failed(Throwable failure) {
		this.failure = failure;
		notifyAll();
	}

	private boolean await(BooleanSupplier condition, long nanos) {
		long deadline = System.nanoTime() + nanos;
		while (!condition.getAsBoolean()) {
			long left = deadline - System.nanoTime();
			if (left <= 0) {
				return false;
			}
			if (this.failure != null) {
				throw new AssertionError(this.failure.getMessage(), this.failure);
			}
			try {
				TimeUnit.NANOSECONDS.timedWait(this, left);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return true;
	}

}
