package dev.usher.throttle;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Token buckets by name, a bounded number of them. One that has filled up again says
 * nothing and is forgotten; beyond the bound those go that are asked for least. Any
 * thread may call.
 */
public final class Buckets implements AttemptBuckets {

	private final int attempts;

	private final Duration refill;

	private final Clock clock;

	private final Cache<String, TokenBucket> byName;

	/**
	 * Starts without buckets; each is made full when its name is first seen.
	 * @param attempts how many each holds
	 * @param refill after how long one comes back
	 * @param remembered how many buckets there are at most
	 */
	public Buckets(int attempts, Duration refill, int remembered, Clock clock) {
		this.attempts = attempts;
		this.refill = refill;
		this.clock = clock;
		this.byName = Caffeine.newBuilder()
			.maximumSize(remembered)
			.expireAfterAccess(refill.multipliedBy(attempts))
			.ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
			.build();
	}

	/**
	 * Takes a token from the bucket of a name.
	 * @return 0 if there was one, else the milliseconds until there is
	 */
	@Override
	public long take(String name) {
		long now = this.clock.millis();
		return this.byName.get(name, (absent) -> new TokenBucket(this.attempts, 1, this.refill.toMillis(), now))
			.take(1, now);
	}

	/** Returns a token to the bucket of a name, if that is still remembered. */
	@Override
	public void giveBack(String name) {
		TokenBucket bucket = this.byName.getIfPresent(name);
		if (bucket != null) {
			bucket.giveBack();
		}
	}

	/** How many are remembered. */
	@Override
	public long size() {
		this.byName.cleanUp();
		return this.byName.estimatedSize();
	}

}
