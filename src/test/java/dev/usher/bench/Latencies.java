package dev.usher.bench;

import java.util.Arrays;

/**
 * How long each delivery took. All are kept, so a percentile is exact.
 */
final class Latencies {

	private final long[] nanos;

	private int size;

	/**
	 * Starts without samples.
	 * @param expected how many there should be; those that never come count as infinitely
	 * late
	 */
	Latencies(long expected) {
		this.nanos = new long[Math.toIntExact(expected)];
	}

	void add(long nanos) {
		if (this.size < this.nanos.length) {
			this.nanos[this.size++] = nanos;
		}
	}

	boolean isComplete() {
		return this.size == this.nanos.length;
	}

	int missing() {
		return this.nanos.length - this.size;
	}

	/**
	 * A percentile in milliseconds.
	 * @param share from 0 to 1
	 */
	double millis(double share) {
		Arrays.sort(this.nanos, 0, this.size);
		int index = Math.max(0, (int) Math.ceil(share * this.nanos.length) - 1);
		return (index < this.size) ? this.nanos[index] / 1e6 : Double.POSITIVE_INFINITY;
	}

}
