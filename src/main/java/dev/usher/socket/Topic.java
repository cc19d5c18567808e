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
	private volatile @Nullable Subscription[] slots = new Subscription[1];

	/** The first slot never used. */
	private int end;

	private int live;

	void add(Subscription subscription) {
		@Nullable Subscription[] array = this.slots;
		if (this.end == array.length) {
			array = compacted(array);
		}
		subscription.slot(this.end);
		array[this.end++] = subscription;
		this.live++;
		this.slots = array;
	}

	/** A copy without holes, with room for as many again. */
	private @Nullable Subscription[] compacted(@Nullable Subscription[] array) {
		@Nullable Subscription[] copy = new Subscription[Math.max(1, this.live) * 2];
		int next = 0;
		for (Subscription subscription : array) {
			if (subscription != null) {
				subscription.slot(next);
				copy[next++] = subscription;
			}
		}
		this.end = next;
		return copy;
	}

	void remove(Subscription subscription) {
		@Nullable Subscription[] array = this.slots;
		array[subscription.slot()] = null;
		this.live--;
		if (array.length > 16 && this.live < array.length / 4) {
			array = compacted(array);
		}
		this.slots = array;
	}

	boolean isEmpty() {
		return this.live == 0;
	}

	/** A view for reading; null where there is a hole. */
	@Nullable Subscription[] subscriptions() {
		return this.slots;
	}

	@Override
	public String toString() {
		return Arrays.toString(this.slots);
	}

}
