package dev.usher.testing;

/**
 * How often a soak does what it does: a fifth of it in an ordinary run, all of it with
 * {@code -Dusher.soak=full}, as {@code .ci/run} has it. What a test shows of a single
 * case is never left out.
 */
public final class Soak {

	private static final boolean FULL = System.getProperty("test.soak", "").equals("full");

	private static final int PART = 5;

	private Soak() {
	}

	/** So many in a full soak, a fifth of them and at least one else. */
	public static int of(int full) {
		return (FULL) ? full : Math.max(1, full / PART);
	}

}
