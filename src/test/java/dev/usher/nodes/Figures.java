package dev.usher.nodes;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long things took. They are printed; a machine that does other things meanwhile
 * makes them longer, so little is asserted of them.
 */
final class Figures {

	private Figures() {
	}

	/** Prints median, 99th of a hundred and slowest. */
	static void print(String what, List<Long> nanos) {
		List<Long> sorted = nanos.stream().sorted().toList();
		System.out.printf("cluster: %s: %d, median %.1f ms, p99 %.1f ms, slowest %.1f ms%n", what, sorted.size(),
				millis(sorted, 0.5), millis(sorted, 0.99), millis(sorted, 1));
	}

	private static double millis(List<Long> sorted, double part) {
		int index = (int) Math.ceil(part * sorted.size()) - 1;
		return sorted.get(Math.max(0, index)) / (double) TimeUnit.MILLISECONDS.toNanos(1);
	}

	/** Prints how long one thing took. */
	static void print(String what, long nanos) {
		System.out.printf("cluster: %s: %.1f s%n", what, nanos / (double) TimeUnit.SECONDS.toNanos(1));
	}

}
