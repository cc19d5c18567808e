package dev.usher.socket;

import org.jspecify.annotations.Nullable;

/**
 * Counts the frames of one connection that are still taking effect, on a disk perhaps, so
 * that its DISCONNECT can wait for them: a client that hears the RECEIPT of that knows
 * that all it sent before was taken (STOMP 1.2, section "DISCONNECT"). Any thread may
 * call.
 */
final class PendingEffects {

	private int count;

	private @Nullable Runnable last;

	private volatile boolean leaving;

	/** A frame will take its time. */
	synchronized void began() {
		this.count++;
	}

	/** It has taken effect, or failed. */
	void ended() {
		Runnable due = null;
		synchronized (this) {
			if (--this.count == 0) {
				due = this.last;
				this.last = null;
			}
		}
		if (due != null) {
			due.run();
		}
	}

	/** Runs something once none is left, now if that is so already. */
	void afterAll(Runnable leave) {
		this.leaving = true;
		synchronized (this) {
			if (this.count > 0) {
				this.last = leave;
				return;
			}
		}
		leave.run();
	}

	/** Whether DISCONNECT was said: no frame after it counts. */
	boolean leaving() {
		return this.leaving;
	}

}
