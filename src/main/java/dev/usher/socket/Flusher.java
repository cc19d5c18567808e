package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

import dev.usher.bus.SendTurn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the outlets that one thread has queued frames for, so that each is written to
 * once when the thread is done with what it read: under load one write carries many
 * frames, and a lone frame leaves at once. One for each thread; crosses none.
 * <p>
 * A turn is what lies between {@link #begin()} and {@link #end()}. Outlets are flushed at
 * its end, one after the other and never from within each other, when the thread holds no
 * lock. A turn that has queued much is flushed on the way.
 */
final class Flusher {

	private static final Logger logger = LoggerFactory.getLogger(Flusher.class);

	/**
	 * Frames queued in one turn before they are flushed: beyond it more frames in a write
	 * gain nothing, and those queued first wait.
	 */
	private static final int MOST_FRAMES = 64 * 1024;

	/** The same in bytes of frames that only one connection has. */
	private static final int MOST_BYTES = 256 * 1024;

	private static final ThreadLocal<Flusher> CURRENT = ThreadLocal.withInitial(Flusher::new);

	private final List<Outlet> dirty = new ArrayList<>();

	/** What goes to other nodes leaves when the turn is over as well. */
	private final SendTurn sends = SendTurn.current();

	private int depth;

	private int frames;

	private int bytes;

	private boolean flushing;

	private int messages;

	private Flusher() {
	}

	/** The calling thread's own. */
	static Flusher current() {
		return CURRENT.get();
	}

	/** A turn begins; the {@link #end()} that belongs to it follows for sure. */
	void begin() {
		this.depth++;
		this.sends.begin();
	}

	/** Flushes what was collected, if this was the outermost turn. */
	void end() {
		try {
			if (this.depth == 1) {
				flush();
			}
		}
		finally {
			this.depth--;
			this.sends.end();
		}
	}

	/**
	 * Sees to it that an outlet is flushed: at the end of the turn, now outside of one.
	 */
	void add(Outlet outlet) {
		this.frames++;
		if (outlet.markDirty(this)) {
			this.dirty.add(outlet);
		}
		if (this.depth == 0) {
			begin();
			end();
		}
	}

	/** Whether the next message of this thread is one of those that are timed. */
	boolean samples() {
		return this.messages++ % Traffic.SAMPLED == 0;
	}

	/**
	 * Flushes in the middle of a turn if it has queued much. Called with no lock of a
	 * subscription held.
	 * @param encoded how many bytes of new frames were queued since the last call
	 */
	void relieve(int encoded) {
		this.bytes += encoded;
		if (this.frames > MOST_FRAMES || this.bytes > MOST_BYTES) {
			flush();
		}
	}

	private void flush() {
		if (this.flushing) {
			return;
		}
		this.flushing = true;
		Error failure = null;
		try {
			failure = flushAll();
		}
		finally {
			// Were any of it left, this thread would never write to them again.
			this.dirty.forEach(Outlet::clean);
			this.dirty.clear();
			this.frames = 0;
			this.bytes = 0;
			this.flushing = false;
		}
		if (failure != null) {
			throw failure;
		}
	}

	private @Nullable Error flushAll() {
		Error failure = null;
		if (!this.dirty.isEmpty()) {
			// Once for a turn: whichever of them is asked answers for the node.
			this.dirty.get(0).beforeWriting();
		}
		// A flush can end a connection, which can make others dirty.
		for (int i = 0; i < this.dirty.size(); i++) {
			failure = flush(this.dirty.get(i), failure);
		}
		return failure;
	}

	/** One that fails must not keep the others' frames; an Error is thrown at the end. */
	private static @Nullable Error flush(Outlet outlet, @Nullable Error before) {
		outlet.clean();
		try {
			outlet.flush();
		}
		catch (RuntimeException ex) {
			logger.error("A connection could not be flushed", ex);
		}
		catch (Error ex) {
			return ex;
		}
		return before;
	}

}
