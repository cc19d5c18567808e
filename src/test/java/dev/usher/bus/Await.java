package dev.usher.bus;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody announces, such as a connection that comes back. */
public final class Await {

	private Await() {
	}

	/** Within 20 s. */
	public static void until(BooleanSupplier condition) {
		within(20, condition);
	}

	public static void within(int seconds, BooleanSupplier condition) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline) {
				throw new AssertionError("did not happen within " + seconds + " s");
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

}
