package dev.usher.socket;

import dev.usher.websocket.HeldBytes;

/**
 * What one connection has in memory beside its queue, as far as its client decides how
 * much that is: subscriptions, messages to be acknowledged, open transactions, the part
 * of a frame. Counts among what the node holds. Any thread, under any lock.
 */
final class Holdings {

	/** Messages of one connection that may wait for an ACK, whichever subscription's. */
	static final int MOST_UNACKNOWLEDGED = 4096;

	/** What one of them costs, roughly: an id, and its place in two or three maps. */
	private static final int UNACKNOWLEDGED_BYTES = 200;

	private final HeldBytes node;

	private long bytes;

	private int unacknowledged;

	private boolean closed;

	Holdings(HeldBytes node) {
		this.node = node;
	}

	/** So many more bytes are held; negative where some are let go. */
	synchronized void add(long more) {
		if (!this.closed) {
			this.bytes += more;
			this.node.add(more);
		}
	}

	/**
	 * One more message waits for its ACK.
	 * @param most how many may
	 * @return whether there was room
	 */
	synchronized boolean awaitAcknowledgement(int most) {
		if (this.unacknowledged >= most) {
			return false;
		}
		this.unacknowledged++;
		add(UNACKNOWLEDGED_BYTES);
		return true;
	}

	/** So many wait no longer. */
	synchronized void acknowledged(int count) {
		this.unacknowledged -= count;
		add(-(long) count * UNACKNOWLEDGED_BYTES);
	}

	synchronized int unacknowledged() {
		return this.unacknowledged;
	}

	/** The bytes of messages that wait for their ACK; they are among {@link #bytes()}. */
	synchronized long unacknowledgedBytes() {
		return (long) this.unacknowledged * UNACKNOWLEDGED_BYTES;
	}

	synchronized long bytes() {
		return this.bytes;
	}

	/** The connection has ended: nothing of it counts any more. */
	synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.node.add(-this.bytes);
			this.bytes = 0;
		}
	}

}
