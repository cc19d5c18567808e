package dev.usher.throttle;

/**
 * A rate with a burst: so many at once, then as many as come in with the time. Counts in
 * whole numbers, so that no time is lost to rounding. Any thread may call.
 */
public final class TokenBucket {

	private final long capacity;

	private final long tokens;

	private final long period;

	/** In how many milliseconds an empty one is full; more is not to be counted. */
	private final long filling;

	/** Tokens times {@link #period}: each millisecond brings {@link #tokens}. */
	private long level;

	private long millis;

	/**
	 * Makes a bucket that is full.
	 * @param capacity the most it holds, which is the burst
	 * @param tokens how many come in
	 * @param period in how many milliseconds
	 * @param now milliseconds of the clock that later calls use
	 */
	public TokenBucket(long capacity, long tokens, long period, long now) {
		this.capacity = capacity * period;
		this.tokens = tokens;
		this.period = period;
		this.filling = this.capacity / tokens + 1;
		this.level = this.capacity;
		this.millis = now;
	}

	/**
	 * Takes some, all of them or none.
	 * @return 0, or the milliseconds until there are enough
	 */
	public synchronized long take(long count, long now) {
		if (now > this.millis) {
			this.level = Math.min(this.capacity, this.level + Math.min(now - this.millis, this.filling) * this.tokens);
			this.millis = now;
		}
		long missing = count * this.period - this.level;
		if (missing > 0) {
			return (missing + this.tokens - 1) / this.tokens;
		}
		this.level = -missing;
		return 0;
	}

	/** Returns one token, at most up to the capacity. */
	public synchronized void giveBack() {
		this.level = Math.min(this.capacity, this.level + this.period);
	}

}
