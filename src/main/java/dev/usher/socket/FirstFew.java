package dev.usher.socket;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keeps the first few of many in an order, in one pass and in no more memory than the few
 * take. For one thread.
 */
final class FirstFew<T> {

	private final int most;

	private final Comparator<T> order;

	/** The last of those kept is at its head. */
	private final PriorityQueue<T> kept;

	FirstFew(int most, Comparator<T> order) {
		this.most = most;
		this.order = order;
		this.kept = new PriorityQueue<>(order.reversed());
	}

	void offer(T element) {
		if (this.kept.size() < this.most) {
			this.kept.add(element);
		}
		else if (this.order.compare(element, this.kept.element()) < 0) {
			this.kept.remove();
			this.kept.add(element);
		}
	}

	/** The first few, in order. */
	List<T> toList() {
		List<T> few = new ArrayList<>(this.kept);
		few.sort(this.order);
		return few;
	}

}
