package dev.usher.node;

import java.time.Duration;

import dev.usher.bus.ByteReader;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of a node last.
 *
 * @param at when, in nanoseconds of the machine
 * @param sequence counts the beats of the node
 * @param missed how many of its beats did not arrive since it was first heard
 * @param freshness how old its last good poll was then
 * @param version its release
 * @param unsent how many hints of stored messages it could not send
 */
record HeardBeat(long at, long sequence, long missed, Duration freshness, String version, long unsent) {

	/**
	 * Reads what follows its kind. Nodes of an earlier release end with their version and
	 * read no further.
	 */
	static HeardBeat read(ByteReader reader, long now) {
		return new HeardBeat(now, reader.number(), 0, Duration.ofMillis(reader.number()), reader.text(),
				(reader.hasMore()) ? reader.number() : 0);
	}

	/** The same with those that are missing between this one and the one before. */
	HeardBeat after(@Nullable HeardBeat before) {
		if (before == null) {
			return this;
		}
		long gap = Math.max(0, this.sequence - before.sequence - 1);
		return new HeardBeat(this.at, this.sequence, before.missed + gap, this.freshness, this.version, this.unsent);
	}

	/** Whether hints could not be sent since the one before, or before the first. */
	boolean tellsOfUnsent(@Nullable HeardBeat before) {
		return this.unsent != ((before != null) ? before.unsent : 0);
	}

	boolean isYoungerThan(Duration age, long now) {
		return now - this.at < age.toNanos();
	}

	/** How long it is past. */
	Duration age(long now) {
		return Duration.ofNanos(Math.max(0, now - this.at));
	}

}
