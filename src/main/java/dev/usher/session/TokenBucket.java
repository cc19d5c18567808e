package dev.usher.session;

import java.time.Duration;

/**
 * A token bucket: so many at once, then one for each interval. Any thread may call.
 */
final class TokenBucket {

	private final int capacity;

	private final long refillMillis;

	/** When the bucket would be full: what is missing, measured in time. */
	private long fullAt;

	TokenBucket(int capacity, Duration refill) {
		this.capacity = capacity;
		this.refillMillis = refill.toMillis();
	}

	/**
	 * Takes one.
	 * @return 0, or the milliseconds until there is one
	 */
	synchronized long take(long now) {
		long full = Math.max(this.fullAt, now);
		long wait = full + this.refillMillis - now - this.capacity * this.refillMillis;
		if (wait > 0) {
			return wait;
		}
		this.fullAt = full + this.refillMillis;
		return 0;
	}

	/** Gives one back. */
	synchronized void giveBack() {
		this.fullAt -= this.refillMillis;
	}

}
