package dev.usher.socket;

/**
 * How fast one client takes the bytes that are written to it, by the time of the wheel in
 * milliseconds. Any thread.
 */
final class ClientPace {

	/** For how long the network takes bytes for a client that does not, at most. */
	private static final long SOON = 500;

	/** After this a client that took nothing is no reader. */
	private static final long STALE = 10_000;

	private final TimingWheel wheel;

	/** When the client stopped taking bytes, 0 while it takes them. */
	private volatile long stalledAt;

	/** When the client stopped taking bytes for the first time, 0 while it never has. */
	private long blockedAt;

	/** When it took some all the same. */
	private long provenAt;

	ClientPace(TimingWheel wheel) {
		this.wheel = wheel;
	}

	/** It takes no more for now. */
	void blocked() {
		long now = Math.max(1, this.wheel.now());
		this.stalledAt = now;
		if (this.blockedAt == 0) {
			this.blockedAt = now;
		}
	}

	/** It took some. */
	void took() {
		if (this.stalledAt != 0) {
			this.stalledAt = 0;
		}
		if (this.blockedAt != 0) {
			long now = this.wheel.now();
			this.provenAt = (now - this.blockedAt > SOON) ? now : this.provenAt;
		}
	}

	/** Whether it does read, and what it took is not just what the network takes. */
	boolean isProven() {
		return this.provenAt != 0 && this.wheel.now() - this.provenAt < STALE;
	}

	/** Whether it has taken nothing for a while. */
	boolean isSlow() {
		return stalled() > SOON;
	}

	/** For how long it has taken nothing of what waits. */
	long stalled() {
		long since = this.stalledAt;
		return (since != 0) ? Math.max(0, this.wheel.now() - since) : 0;
	}

}
