package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the connections that one thread has queued frames for, so that each is written
 * to once when the thread is done with what it read: under load one write carries many
 * frames, and a lone frame leaves at once. One for each thread; crosses none.
 */
final class Flusher {

	private static final ThreadLocal<Flusher> CURRENT = ThreadLocal.withInitial(Flusher::new);

	private final List<StompConnection> dirty = new ArrayList<>();

	private int depth;

	private Flusher() {
	}

	/** The calling thread's own. */
	static Flusher current() {
		return CURRENT.get();
	}

	/** Flushes wait for the {@link #end()} that belongs to this. */
	void begin() {
		this.depth++;
	}

	/** Flushes what was collected, if this was the outermost. */
	void end() {
		if (--this.depth == 0) {
			flush();
		}
	}

	/** Sees to it that the connection is flushed soon. */
	void add(StompConnection connection) {
		if (this.depth == 0) {
			connection.flush();
		}
		else if (connection.markDirty(this)) {
			this.dirty.add(connection);
		}
	}

	private void flush() {
		// A flush can end a connection, which can make others dirty.
		for (int i = 0; i < this.dirty.size(); i++) {
			StompConnection connection = this.dirty.get(i);
			connection.clean(this);
			connection.flush();
		}
		this.dirty.clear();
	}

}
