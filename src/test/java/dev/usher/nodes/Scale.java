package dev.usher.nodes;

/**
 * How much of everything there is: little in an ordinary run, as much as is claimed with
 * {@code -Dcluster.scale=full}.
 */
final class Scale {

	static final boolean FULL = System.getProperty("cluster.scale", "small").equals("full");

	private Scale() {
	}

	static int of(int small, int full) {
		return (FULL) ? full : small;
	}

}
