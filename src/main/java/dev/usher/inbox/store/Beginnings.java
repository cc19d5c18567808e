package dev.usher.inbox.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Those who are joining a log and want what is stored from now on. Where that is they
 * learn from the log's row, and by then there may be more than when they asked. So what
 * this node stores meanwhile is noted for them. Guarded by their log.
 */
final class Beginnings {

	/** Those for whom nothing is noted yet: each is looked at once. */
	private final Set<Beginning> waiting = new HashSet<>(2);

	/** Whoever joins one kept reader begins with the first who does. */
	private final Map<String, Beginning> named = new HashMap<>(2);

	private int count;

	/**
	 * Somebody begins to join.
	 * @param name of the reader, or null where it is one of a connection
	 */
	Beginning add(@Nullable String name) {
		Beginning beginning = (name != null) ? this.named.computeIfAbsent(name, Beginning::new) : new Beginning(null);
		if (beginning.joining++ == 0) {
			this.waiting.add(beginning);
		}
		this.count++;
		return beginning;
	}

	/** They have joined, or failed to. */
	void remove(Beginning beginning) {
		this.count--;
		if (--beginning.joining == 0) {
			this.waiting.remove(beginning);
			if (beginning.name != null) {
				this.named.remove(beginning.name);
			}
		}
	}

	/** A message is on disk. */
	void stored(long offset) {
		this.waiting.forEach((beginning) -> beginning.first = offset);
		this.waiting.clear();
	}

	boolean isEmpty() {
		return this.count == 0;
	}

	/** Where a reader begins. */
	static final class Beginning {

		private final @Nullable String name;

		/** How many join the same reader. */
		private int joining;

		/** What was stored first since they asked. */
		private volatile long first = Long.MAX_VALUE;

		private Beginning(@Nullable String name) {
			this.name = name;
		}

		/** The place before what was stored since, given the head of the log. */
		long before(long head) {
			return Math.min(head, this.first - 1);
		}

	}

}
