package dev.usher.socket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;

/**
 * The open transactions of one connection (STOMP 1.2, section "BEGIN"). Frames are held
 * until COMMIT and forgotten at ABORT or with the connection. Bounded, because they wait
 * in memory. Used by the thread that reads.
 */
final class Transactions {

	/** Open at once. */
	static final int MOST = 16;

	/** Frames held by all of them. */
	static final int MOST_FRAMES = 1000;

	/** Bytes held by all of them, as on the wire. */
	static final int MOST_BYTES = 1024 * 1024;

	private final Map<String, List<ClientFrame>> open = new HashMap<>();

	private int frames;

	private int bytes;

	private final Holdings holdings;

	Transactions(Holdings holdings) {
		this.holdings = holdings;
	}

	void begin(String transaction) {
		if (this.open.containsKey(transaction)) {
			throw new RefusedException(Reason.BAD_FRAME, "A transaction of this id is open already.");
		}
		if (this.open.size() >= MOST) {
			throw new RefusedException(Reason.TOO_LARGE, "A connection has " + MOST + " open transactions at most.");
		}
		this.open.put(transaction, new ArrayList<>());
	}

	void hold(String transaction, ClientFrame frame) {
		List<ClientFrame> held = this.open.get(transaction);
		if (held == null) {
			throw unknown();
		}
		if (this.frames + 1 > MOST_FRAMES || this.bytes + frame.size() > MOST_BYTES) {
			throw new RefusedException(Reason.TOO_LARGE,
					"Open transactions hold " + MOST_FRAMES + " frames and 1 MiB at most.");
		}
		this.frames++;
		this.bytes += frame.size();
		this.holdings.add(frame.memory());
		held.add(frame);
	}

	/** Ends a transaction and gives away its frames, in the order they came. */
	List<ClientFrame> end(String transaction) {
		List<ClientFrame> held = this.open.remove(transaction);
		if (held == null) {
			throw unknown();
		}
		this.frames -= held.size();
		for (ClientFrame frame : held) {
			this.bytes -= frame.size();
			this.holdings.add(-frame.memory());
		}
		return held;
	}

	private static RefusedException unknown() {
		return new RefusedException(Reason.BAD_FRAME, "There is no open transaction of this id.");
	}

}
