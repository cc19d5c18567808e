package dev.usher.bus.redis;

import java.util.concurrent.ThreadLocalRandom;

/** How long a lane waits before it connects again. */
final class Pause {

	/** Milliseconds to the second try; each further one waits twice as long. */
	private static final long FIRST = 100;

	private static final long LONGEST = 10_000;

	private Pause() {
	}

	/**
	 * A part of it by chance, so that not all lanes of all nodes come at once when the
	 * engine is back.
	 * @param failures how often it failed in a row, 1 or more
	 * @return milliseconds
	 */
	static long after(int failures) {
		long longest = Math.min(LONGEST, FIRST << Math.min(10, failures - 1));
		return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
	}

}
