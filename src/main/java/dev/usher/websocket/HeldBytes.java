package dev.usher.websocket;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes this node holds for peers that do not take them. A frame that many wait
 * for counts once, because it is in memory once. One for all connections; any thread, and
 * under any lock, because it calls nobody.
 */
public final class HeldBytes {

	private final AtomicLong bytes = new AtomicLong();

	/**
	 * So many more are held.
	 * @param more in bytes, negative where some are let go
	 */
	public void add(long more) {
		this.bytes.addAndGet(more);
	}

	/** How many are held now. */
	public long get() {
		return this.bytes.get();
	}

}
