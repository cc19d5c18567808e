package dev.usher.node;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What was heard of a node last.
 *
 * @param at when, in nanoseconds of the machine
 * @param sequence counts the beats of the node
 * @param missed how many of its beats did not arrive since it was first heard
 * @param freshness how old its last good poll was then
 * @param version its release
 */
record HeardBeat(long at, long sequence, long missed, Duration freshness, String version) {

	/** The same with those that are missing between this one and the one before. */
	HeardBeat after(@Nullable HeardBeat before) {
		if (before == null) {
			return this;
		}
		long gap = Math.max(0, this.sequence - before.sequence - 1);
		return new HeardBeat(this.at, this.sequence, before.missed + gap, this.freshness, this.version);
	}

	boolean isYoungerThan(Duration age, long now) {
		return now - this.at < age.toNanos();
	}

	/** How long it is past. */
	Duration age(long now) {
		return Duration.ofNanos(Math.max(0, now - this.at));
	}

}
