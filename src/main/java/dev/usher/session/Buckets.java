package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Token buckets by name, a bounded number of them. One that has filled up again says
 * nothing and is forgotten; beyond the bound those go that are asked for least.
 */
final class Buckets {

	private final int attempts;

	private final Duration refill;

	private final Clock clock;

	private final Cache<String, TokenBucket> byName;

	Buckets(int attempts, Duration refill, int remembered, Clock clock) {
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
	 * Takes one.
	 * @return 0, or the milliseconds until there is one
	 */
	long take(String name) {
		return this.byName.get(name, (absent) -> new TokenBucket(this.attempts, this.refill)).take(this.clock.millis());
	}

	/** Gives one back, unless it is forgotten anyway. */
	void giveBack(String name) {
		TokenBucket bucket = this.byName.getIfPresent(name);
		if (bucket != null) {
			bucket.giveBack();
		}
	}

	/** How many are remembered. */
	long size() {
		this.byName.cleanUp();
		return this.byName.estimatedSize();
	}

}
