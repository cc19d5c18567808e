package dev.usher.inbox.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Looks at many keys in parts, each at the same distance from the one before, until all
 * have had their turn. For one thread.
 *
 * @param <K> the kind of key
 */
final class PollRound<K> {

	/** Keys of one part. */
	static final int MOST = 10_000;

	private final Deque<K> left = new ArrayDeque<>();

	/** Whether some keys have yet to have their turn. */
	boolean isUnderWay() {
		return !this.left.isEmpty();
	}

	/**
	 * The next part, in pieces for one statement; the first of a new round where none is
	 * under way.
	 * @param all the keys of now; those that have gone since the round began are left
	 * out, and new ones wait for the next
	 */
	List<List<K>> next(Set<K> all) {
		if (this.left.isEmpty()) {
			this.left.addAll(all);
		}
		List<K> part = new ArrayList<>();
		while (part.size() < MOST && !this.left.isEmpty()) {
			K key = this.left.remove();
			if (all.contains(key)) {
				part.add(key);
			}
		}
		return InboxDatabase.chunks(part);
	}

}
