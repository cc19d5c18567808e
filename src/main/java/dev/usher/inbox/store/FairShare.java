package dev.usher.inbox.store;

import java.time.Duration;

/**
 * How much of what is new a reader may take while other nodes read the same: its part of
 * all that is not acknowledged, as far as this node knows. So a node that hears of
 * messages first leaves others theirs. When they do not come for them, it takes its part
 * of what is left, and so on: nobody waits for long for a node whose clients are busy.
 * Guarded by the reader's lock.
 */
final class FairShare {

	/** Longer than others take to look at the database. */
	private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

	/** How many nodes have the reader open, as it was known last. */
	private int nodes = 1;

	/** Until when others are waited for, in nanoseconds of the machine; 0 for nobody. */
	private long until;

	/**
	 * How many of the messages after a place a node takes.
	 * @param backlog how many there are
	 * @param held how many it has taken that are not acknowledged
	 * @param nodes how many have the reader open
	 */
	static long of(long backlog, long held, int nodes) {
		return (nodes <= 1) ? backlog : Math.max(0, (backlog + held + nodes - 1) / nodes - held);
	}

	void readBy(int nodes) {
		this.nodes = Math.max(1, nodes);
		if (this.nodes == 1) {
			this.until = 0;
		}
	}

	boolean isShared() {
		return this.nodes > 1;
	}

	/** How much may be asked for now. */
	long now(long backlog, long held) {
		long share = of(backlog, held, this.nodes);
		if (share > 0) {
			this.until = 0;
			return share;
		}
		if (this.until == 0) {
			this.until = System.nanoTime() + PATIENCE;
		}
		return (isOver()) ? of(backlog, 0, this.nodes) : 0;
	}

	/** What counts as held when that much is asked for: nothing once others had time. */
	long counted(long held) {
		return (isOver()) ? 0 : held;
	}

	/** Something was taken, so that others are given time again. */
	void taken() {
		this.until = 0;
	}

	/** Whether others are waited for. */
	boolean isWaiting() {
		return this.until != 0;
	}

	/** Whether they were waited for long enough. */
	boolean isOver() {
		return this.until != 0 && this.until - System.nanoTime() <= 0;
	}

}
