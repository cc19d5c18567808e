package dev.usher.socket;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one destination. Adding and removing cost the same however many
 * there are, on average; a publisher walks the array without a lock. Changed only by
 * {@link Subscriptions}, one change at a time.
 */
final class Topic {

	/**
	 * Holes are where subscriptions were. The reference is written again after each
	 * change.
	 */
	private volatile @Nullable LiveSubscription[] slots = new LiveSubscription[1];

	/** The first slot never used. */
	private int end;

	private int live;

	void add(LiveSubscription subscription) {
		@Nullable LiveSubscription[] array = this.slots;
		if (this.end == array.length) {
			array = compacted(array);
		}
		subscription.slot(this.end);
		array[this.end++] = subscription;
		this.live++;
		this.slots = array;
	}

	/** A copy without holes, with room for as many again. */
	private @Nullable LiveSubscription[] compacted(@Nullable LiveSubscription[] array) {
		@Nullable LiveSubscription[] copy = new LiveSubscription[Math.max(1, this.live) * 2];
		int next = 0;
		for (LiveSubscription subscription : array) {
			if (subscription != null) {
				subscription.slot(next);
				copy[next++] = subscription;
			}
		}
		this.end = next;
		return copy;
	}

	void remove(LiveSubscription subscription) {
		@Nullable LiveSubscription[] array = this.slots;
		array[subscription.slot()] = null;
		this.live--;
		if (array.length > 16 && this.live < array.length / 4) {
			array = compacted(array);
		}
		this.slots = array;
	}

	/** How many there are; any thread may ask. */
	int size() {
		// Reading the reference shows what was written before it.
		return (this.slots.length > 0) ? this.live : 0;
	}

	boolean isEmpty() {
		return this.live == 0;
	}

	/** A view for reading; null where there is a hole. */
	@Nullable LiveSubscription[] subscriptions() {
		return this.slots;
	}

	@Override
	public String toString() {
		return Arrays.toString(this.slots);
	}

}
