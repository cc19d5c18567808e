package dev.usher.socket;

/**
 * A rate with a burst, the bucket of one connection. Used by the thread that reads.
 */
final class TokenBucket {

	/** The burst is this many seconds of the rate. */
	private static final int BURST_SECONDS = 5;

	private final long perSecond;

	private long millis;

	/** Thousandths, so that a tick of the clock is never too little to count. */
	private long tokens;

	/**
	 * A full bucket.
	 * @param perSecond the rate, 0 for no limit
	 * @param now milliseconds
	 */
	TokenBucket(long perSecond, long now) {
		this.perSecond = perSecond;
		this.millis = now;
		this.tokens = perSecond * BURST_SECONDS * 1000;
	}

	/** Takes some out; says whether there were enough. */
	boolean take(long count, long now) {
		if (this.perSecond == 0) {
			return true;
		}
		if (now > this.millis) {
			long most = this.perSecond * BURST_SECONDS * 1000;
			this.tokens = Math.min(most, this.tokens + (now - this.millis) * this.perSecond);
			this.millis = now;
		}
		this.tokens -= count * 1000;
		return this.tokens >= 0;
	}

}
