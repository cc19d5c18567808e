package dev.usher.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells whether the machine stood still while a test ran: the product takes a node that
 * is not heard for seconds for gone, and rightly.
 */
public final class Standstills {

	private static final int TRIES = 3;

	/** Shorter than anything that the product acts upon. */
	private static final long LONG = TimeUnit.SECONDS.toNanos(1);

	private Standstills() {
	}

	/**
	 * Runs a test, and again where it failed while a thread that only had to wake was a
	 * second late; three times at most.
	 */
	public static void forgive(Runnable test) {
		for (int i = 1; i < TRIES; i++) {
			Watch watch = new Watch();
			watch.start();
			try {
				test.run();
				return;
			}
			catch (AssertionError ex) {
				if (watch.latest < LONG) {
					throw ex;
				}
			}
			finally {
				watch.interrupt();
			}
		}
		test.run();
	}

	private static final class Watch extends Thread {

		private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

		private volatile long latest;

		private Watch() {
			super("standstills");
			setDaemon(true);
		}

		@Override
		public void run() {
			long before = System.nanoTime();
			while (!isInterrupted()) {
				LockSupport.parkNanos(PAUSE);
				long now = System.nanoTime();
				this.latest = Math.max(this.latest, now - before);
				before = now;
			}
		}

	}

}
