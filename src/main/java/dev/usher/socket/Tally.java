package dev.usher.socket;

import java.util.concurrent.ConcurrentHashMap;

/** Counts by key, up to a limit; forgets a key whose count is 0. Any thread may call. */
final class Tally {

	private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();

	/**
	 * Counts one more, unless there are as many already.
	 * @param limit the most, 0 for no limit
	 */
	boolean add(String key, int limit) {
		int[] before = new int[1];
		this.counts.compute(key, (same, count) -> {
			before[0] = (count != null) ? count : 0;
			return (limit > 0 && before[0] >= limit) ? count : Integer.valueOf(before[0] + 1);
		});
		return limit == 0 || before[0] < limit;
	}

	void remove(String key) {
		this.counts.computeIfPresent(key, (same, count) -> (count > 1) ? count - 1 : null);
	}

	int count(String key) {
		return this.counts.getOrDefault(key, 0);
	}

	/** How many keys have a count. */
	int size() {
		return this.counts.size();
	}

}
