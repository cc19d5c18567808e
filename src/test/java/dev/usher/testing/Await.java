package dev.usher.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody announces, such as a counter that goes back to zero. */
public final class Await {

	private Await() {
	}

	/** Looks every few milliseconds, for half a minute at most. */
	public static void until(BooleanSupplier condition) {
		within(30, condition);
	}

	/** The same for so many seconds. */
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
