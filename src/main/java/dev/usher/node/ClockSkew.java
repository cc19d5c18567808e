package dev.usher.node;

import java.time.Clock;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this node's clock is from the database's. What expires, and when a token ends,
 * is told by the node's own: two nodes that differ would not agree.
 */
final class ClockSkew {

	private static final Logger logger = LoggerFactory.getLogger(ClockSkew.class);

	private static final long WARNS = Duration.ofSeconds(1).toMillis();

	private static final long UNFIT = Duration.ofSeconds(5).toMillis();

	private final Clock clock;

	private boolean warned;

	private volatile long skew;

	ClockSkew(Clock clock) {
		this.clock = clock;
	}

	long millis() {
		return this.clock.millis();
	}

	/**
	 * Takes a measurement.
	 * @param there what the database said
	 * @param before the time here before it was asked
	 * @param after the time here after it answered
	 */
	void measured(long there, long before, long after) {
		// Anything in between may be the truth; what is nearest to it is certain.
		this.skew = (there > after) ? after - there : Math.max(0, before - there);
		boolean off = Math.abs(this.skew) > WARNS;
		if (off && !this.warned) {
			logger.warn("The clock of this node is {} ms {} that of the database; set both by NTP", Math.abs(this.skew),
					(this.skew > 0) ? "ahead of" : "behind");
		}
		this.warned = off;
	}

	/** By how many milliseconds this node's clock is ahead. */
	long millisAhead() {
		return this.skew;
	}

	/** The same in seconds. */
	double seconds() {
		return this.skew / 1000.0;
	}

	boolean isUnfit() {
		return Math.abs(this.skew) >= UNFIT;
	}

}
