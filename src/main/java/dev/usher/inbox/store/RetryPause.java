package dev.usher.inbox.store;

import java.time.Duration;

/**
 * When the database is asked again that did not answer: later each time. Guarded by the
 * reader's lock.
 */
final class RetryPause {

	private static final long FIRST = 200;

	private static final long LONGEST = 5_000;

	/** In nanoseconds of the machine; 0 where it answered. */
	private long at;

	private long pause = FIRST;

	void failed() {
		this.at = System.nanoTime() + Duration.ofMillis(this.pause).toNanos();
		this.pause = Math.min(2 * this.pause, LONGEST);
	}

	void answered() {
		this.at = 0;
		this.pause = FIRST;
	}

	/** Whether it did not answer. */
	boolean isOn() {
		return this.at != 0;
	}

	/** Whether it did not answer and it is time to ask again. */
	boolean isOver() {
		return this.at != 0 && this.at - System.nanoTime() <= 0;
	}

}
