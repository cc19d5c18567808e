package dev.usher.thread;

import java.time.Duration;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** How threads that ask a database end. */
final class GentleEnd {

	private GentleEnd() {
	}

	/**
	 * Has threads take nothing more, drops what waits, and lets what is under way finish.
	 * Nothing is interrupted: an interrupt in the middle of a read closes the file of an
	 * embedded database for everybody.
	 * @param patience how long to wait for what is under way
	 */
	static void of(ThreadPoolExecutor threads, Duration patience) {
		threads.shutdown();
		threads.getQueue().clear();
		try {
			threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
