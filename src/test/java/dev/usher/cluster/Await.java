package dev.usher.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody announces, such as a counter that goes back to zero. */
final class Await {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

	private Await() {
	}

	static void until(BooleanSupplier condition) {
		long deadline = System.nanoTime() + PATIENCE;
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline) {
				throw new AssertionError("did not happen within 10 s");
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

}
