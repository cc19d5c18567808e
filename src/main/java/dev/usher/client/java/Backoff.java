package dev.usher.client.java;

import java.time.Duration;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * How long to wait: what the gateway asks for, else at random in a window that doubles.
 */
final class Backoff {

	private final double first;

	private final double max;

	private final DoubleSupplier random;

	private int failures;

	Backoff(Duration first, Duration max, DoubleSupplier random) {
		this.first = first.toNanos();
		this.max = max.toNanos();
		this.random = random;
	}

	/**
	 * @param told how long the gateway asks to wait; up to a tenth is added, so that not
	 * all who were told the same come at once
	 * @param spread a window that is the narrowest, in seconds
	 */
	Duration next(@Nullable Duration told, double spread) {
		double drawn = this.random.getAsDouble();
		if (told != null) {
			return Duration.ofNanos((long) (told.toNanos() * (1 + drawn / 10)));
		}
		double window = Math.max(this.first, spread * 1e9) * Math.pow(2, this.failures++);
		return Duration.ofNanos((long) (drawn * Math.min(this.max, window)));
	}

	void reset() {
		this.failures = 0;
	}

}
