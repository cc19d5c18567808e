package dev.usher.inbox.store;

import java.util.concurrent.TimeUnit;

import dev.usher.inbox.StoredMessage;

/**
 * The messages that were read for readers and wait to be handed out, those of all readers
 * together. While they are many, the threads that read wait: thousands of readers that
 * begin at once would read faster than what they read is handed out. Any thread.
 */
final class ReadAhead {

	/** Bytes of messages read and not yet handed out, from which on readings wait. */
	private static final long MOST = 16 * 1024 * 1024;

	/** A reading that has waited for so long goes on, whatever there is. */
	private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);

	private long bytes;

	/** Returns when there is room. Called by the threads that may wait. */
	synchronized void awaitRoom() {
		long deadline = System.nanoTime() + LONGEST_WAIT;
		long left = LONGEST_WAIT;
		while (this.bytes >= MOST && left > 0) {
			try {
				TimeUnit.NANOSECONDS.timedWait(this, left);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			left = deadline - System.nanoTime();
		}
	}

	synchronized void add(StoredMessage message) {
		this.bytes += message.weight();
	}

	synchronized void remove(StoredMessage message) {
		this.bytes -= message.weight();
		if (this.bytes < MOST) {
			notifyAll();
		}
	}

}
