package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;

/**
 * Frames waiting to leave by one connection, bounded in bytes. The frames themselves are
 * shared with other connections; held here is a reference to each and how far the first
 * one has got. Any thread may add; the one whose {@link #claim} was granted takes out.
 * <p>
 * From the moment the peer stops taking bytes until the queue is empty, its frames count
 * among those the node holds. The lock is the last one anybody takes: nothing is called
 * while it is held.
 */
final class OutboundQueue {

	/** What a claim is answered while another thread has it. */
	static final int CLAIMED = -1;

	/** A queue that grew beyond this many frames is let go once it is empty. */
	private static final int KEPT_CAPACITY = 64;

	private final int maxBytes;

	private final HeldBytes held;

	/** Most of the time there is one at most, so that one needs nothing around it. */
	private @Nullable OutboundFrame first;

	private @Nullable ArrayDeque<OutboundFrame> others;

	/** How many bytes of the first frame have left. */
	private int headWritten;

	/** How many bytes after those are being written at this moment. */
	private int inFlight;

	private int bytes;

	private int peak;

	private long queued;

	private long written;

	private boolean claimed;

	/** Whether the frames count among those the node holds. */
	private boolean blocked;

	private volatile boolean closed;

	/**
	 * @param maxBytes how many bytes it takes
	 * @param held where its frames count while the peer does not take them
	 */
	OutboundQueue(int maxBytes, HeldBytes held) {
		this.maxBytes = maxBytes;
		this.held = held;
	}

	Offer offer(OutboundFrame frame) {
		return offer(frame, this.maxBytes);
	}

	/** The same with a lower limit. */
	synchronized Offer offer(OutboundFrame frame, int limit) {
		if (this.closed) {
			return Offer.CLOSED;
		}
		// One frame always fits, however large, so that a limit is never a dead end.
		if (this.bytes > 0 && this.bytes + frame.length() > Math.min(limit, this.maxBytes)) {
			return Offer.FULL;
		}
		add(frame);
		return Offer.QUEUED;
	}

	/** Whether it was still open: takes one last frame and nothing after it. */
	synchronized boolean close(OutboundFrame close) {
		if (this.closed) {
			return false;
		}
		this.closed = true;
		add(close);
		return true;
	}

	/** The same behind one last frame that there is room for: both or none. */
	synchronized boolean close(OutboundFrame last, OutboundFrame close) {
		return offer(last) == Offer.QUEUED && close(close);
	}

	/** The same, but forgets what is queued, except what has begun to leave. */
	synchronized boolean closeNow(OutboundFrame error, OutboundFrame close) {
		if (this.closed) {
			return false;
		}
		forget();
		add(error);
		return close(close);
	}

	/**
	 * Forgets what is queued before the last frames, except what has begun to leave.
	 * @param count how many frames are the last
	 */
	synchronized void keepLast(int count) {
		if (this.others == null || this.others.size() < count) {
			return;
		}
		ArrayDeque<OutboundFrame> last = new ArrayDeque<>(count);
		for (int i = 0; i < count; i++) {
			OutboundFrame frame = this.others.removeLast();
			this.bytes -= frame.length();
			last.addFirst(frame);
		}
		forget();
		for (OutboundFrame frame : last) {
			this.bytes += frame.length();
			if (this.first == null) {
				this.first = frame;
			}
			else {
				this.others.addLast(frame);
			}
		}
	}

	private void forget() {
		int begun = this.headWritten + this.inFlight;
		while (this.others != null && !this.others.isEmpty()
				&& this.bytes + this.headWritten - this.others.getLast().length() >= begun) {
			OutboundFrame last = this.others.removeLast();
			this.bytes -= last.length();
			letGo(last);
		}
		if (begun == 0 && this.first != null) {
			letGo(this.first);
			this.first = null;
			this.bytes = 0;
		}
	}

	private void add(OutboundFrame frame) {
		if (this.first == null) {
			this.first = frame;
		}
		else {
			if (this.others == null) {
				this.others = new ArrayDeque<>(4);
			}
			this.others.addLast(frame);
			this.peak = Math.max(this.peak, this.others.size());
		}
		this.bytes += frame.length();
		this.queued++;
		hold(frame);
	}

	private void hold(OutboundFrame frame) {
		if (this.blocked && frame.hold()) {
			this.held.add(frame.memory());
		}
	}

	private void letGo(OutboundFrame frame) {
		if (this.blocked && frame.letGo()) {
			this.held.add(-frame.memory());
		}
	}

	/** The peer takes nothing more for now. */
	synchronized void block() {
		if (!this.blocked && this.first != null) {
			this.blocked = true;
			hold(this.first);
			if (this.others != null) {
				this.others.forEach(this::hold);
			}
		}
	}

	/** Drops everything; nothing is taken any more. */
	synchronized void discard() {
		this.closed = true;
		if (this.first != null) {
			letGo(this.first);
		}
		if (this.others != null) {
			this.others.forEach(this::letGo);
		}
		this.blocked = false;
		this.first = null;
		this.others = null;
		this.bytes = 0;
		this.headWritten = 0;
		this.inFlight = 0;
	}

	/**
	 * Copies as much as fits, without taking it out. Where that is something, the caller
	 * says {@link #written} how much has left, and {@link #release} when done.
	 * @return how many bytes, or {@link #CLAIMED}
	 */
	synchronized int claim(ByteBuffer target) {
		if (this.claimed) {
			return CLAIMED;
		}
		if (this.first != null) {
			copy(this.first, this.headWritten, target);
			if (this.others != null) {
				copyOthers(this.others, target);
			}
		}
		this.inFlight = target.position();
		this.claimed = this.inFlight > 0;
		return this.inFlight;
	}

	private static void copyOthers(ArrayDeque<OutboundFrame> frames, ByteBuffer target) {
		for (OutboundFrame frame : frames) {
			if (!target.hasRemaining()) {
				return;
			}
			copy(frame, 0, target);
		}
	}

	private static void copy(OutboundFrame frame, int from, ByteBuffer target) {
		target.put(frame.bytes(), frame.offset() + from, Math.min(frame.length() - from, target.remaining()));
	}

	/** What is left of the first frame, not copied; null when the queue is empty. */
	synchronized @Nullable ByteBuffer head() {
		OutboundFrame head = this.first;
		if (head == null) {
			return null;
		}
		this.inFlight = head.length() - this.headWritten;
		return ByteBuffer.wrap(head.bytes(), head.offset() + this.headWritten, this.inFlight);
	}

	/** Of what was claimed, no more than this has begun to leave. */
	synchronized void begun(int count) {
		this.inFlight = count;
	}

	/** Takes out what has left; says how many frames have, since the start. */
	synchronized long written(int count) {
		this.inFlight = 0;
		int left = count + this.headWritten;
		// Empty where it was discarded while they were on their way.
		while (this.first != null && left >= this.first.length()) {
			left -= this.first.length();
			letGo(this.first);
			this.first = (this.others != null) ? this.others.pollFirst() : null;
			this.written++;
		}
		if (this.first == null) {
			this.bytes = 0;
			this.headWritten = 0;
			this.blocked = false;
			if (this.peak > KEPT_CAPACITY) {
				this.others = null;
				this.peak = 0;
			}
		}
		else {
			this.bytes -= count;
			this.headWritten = left;
		}
		return this.written;
	}

	/** Gives the claim up; says whether there is reason for another. */
	synchronized boolean release() {
		this.claimed = false;
		return this.first != null || this.closed;
	}

	synchronized int bytes() {
		return this.bytes;
	}

	synchronized long queued() {
		return this.queued;
	}

	synchronized long written() {
		return this.written;
	}

	/** Whether the last frame was taken and has left. */
	synchronized boolean isClosedAndEmpty() {
		return this.closed && this.first == null;
	}

	boolean isClosed() {
		return this.closed;
	}

}
