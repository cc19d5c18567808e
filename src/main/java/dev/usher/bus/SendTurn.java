package dev.usher.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * What one thread sends while it handles what it has read at once. A bus starts to
 * publish at the end of the turn, so that one write carries all of it; outside of a turn,
 * or when much has been sent in it, at once. One for each thread; crosses none.
 */
public final class SendTurn {

	/**
	 * Entries after which publishing begins within the turn: more in a write gain little.
	 */
	private static final int MUCH = 64;

	private static final ThreadLocal<SendTurn> CURRENT = ThreadLocal.withInitial(SendTurn::new);

	private final List<Runnable> starts = new ArrayList<>();

	private int depth;

	private int sent;

	private SendTurn() {
	}

	/** The calling thread's own. */
	public static SendTurn current() {
		return CURRENT.get();
	}

	/** A turn begins; the {@link #end()} that belongs to it follows for sure. */
	public void begin() {
		this.depth++;
	}

	/** What was sent is published, if this was the outermost turn. */
	public void end() {
		if (--this.depth == 0 && !this.starts.isEmpty()) {
			start();
		}
	}

	/**
	 * Something was sent.
	 * @param start has it published; called once for all that was sent with the same one
	 */
	public void sent(Runnable start) {
		if (this.depth == 0) {
			start.run();
			return;
		}
		if (!this.starts.contains(start)) {
			this.starts.add(start);
		}
		if (++this.sent >= MUCH) {
			start();
		}
	}

	private void start() {
		this.sent = 0;
		this.starts.forEach(Runnable::run);
		this.starts.clear();
	}

}
