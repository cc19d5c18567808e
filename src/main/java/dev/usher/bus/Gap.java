package dev.usher.bus;

import java.time.Duration;
import java.util.BitSet;

/**
 * A time in which entries of some channels may have been missed. It is over.
 *
 * @param length from when the last entry was certain to arrive
 * @param lanes the lanes that were cut
 * @param all how many lanes there are
 */
public record Gap(Duration length, BitSet lanes, int all) {

	/** Whether entries of a channel may have been missed. */
	public boolean affects(BusChannel channel) {
		return this.lanes.get(channel.lane(this.all));
	}

	/** Whole seconds, rounded up. */
	public long seconds() {
		return Math.max(1, (this.length.toMillis() + 999) / 1000);
	}

}
