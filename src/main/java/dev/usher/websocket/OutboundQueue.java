package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;

/**
 * Frames waiting to leave by one connection, bounded in bytes. The frames themselves are
 * shared with other connections; held here is a reference to each and how far the first
 * one has got.
 */
final class OutboundQueue {

	/** A queue that grew beyond this many frames is let go once it is empty. */
	private static final int KEPT_CAPACITY = 64;

	private final int maxBytes;

	private @Nullable ArrayDeque<OutboundFrame> frames;

	/** How many bytes of the first frame have left. */
	private int headWritten;

	/** How many bytes after those are being written at this moment. */
	private int inFlight;

	private int bytes;

	private int peak;

	private long queued;

	private long written;

	private boolean closed;

	OutboundQueue(int maxBytes) {
		this.maxBytes = maxBytes;
	}

	synchronized Offer offer(OutboundFrame frame) {
		if (this.closed) {
			return Offer.CLOSED;
		}
		// One frame always fits, however large, so that a limit is never a dead end.
		if (this.bytes > 0 && this.bytes + frame.length() > this.maxBytes) {
			return Offer.FULL;
		}
		add(frame);
		return Offer.QUEUED;
	}

	synchronized Offer offerAnyway(OutboundFrame frame) {
		if (this.closed) {
			return Offer.CLOSED;
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

	/** The same, but forgets what is queued, except what has begun to leave. */
	synchronized boolean closeNow(OutboundFrame last, OutboundFrame close) {
		if (this.closed) {
			return false;
		}
		if (this.frames != null) {
			int begun = this.headWritten + this.inFlight;
			while (!this.frames.isEmpty() && this.bytes + this.headWritten > begun) {
				int tail = this.frames.getLast().length();
				if (this.bytes + this.headWritten - tail < begun) {
					break;
				}
				this.frames.removeLast();
				this.bytes -= tail;
			}
		}
		add(last);
		return close(close);
	}

	private void add(OutboundFrame frame) {
		if (this.frames == null) {
			this.frames = new ArrayDeque<>(4);
		}
		this.frames.addLast(frame);
		this.peak = Math.max(this.peak, this.frames.size());
		this.bytes += frame.length();
		this.queued++;
	}

	/** Drops everything; nothing is taken any more. */
	synchronized void discard() {
		this.closed = true;
		this.frames = null;
		this.bytes = 0;
		this.headWritten = 0;
		this.inFlight = 0;
	}

	/** Copies as much as fits, without taking it out. */
	synchronized void copyTo(ByteBuffer target) {
		if (this.frames == null) {
			return;
		}
		int skip = this.headWritten;
		for (OutboundFrame frame : this.frames) {
			int length = Math.min(frame.length() - skip, target.remaining());
			target.put(frame.bytes(), frame.offset() + skip, length);
			skip = 0;
			if (!target.hasRemaining()) {
				break;
			}
		}
		this.inFlight = target.position();
	}

	/** What is left of the first frame, not copied; null when the queue is empty. */
	synchronized @Nullable ByteBuffer head() {
		OutboundFrame head = (this.frames != null) ? this.frames.peekFirst() : null;
		if (head == null) {
			return null;
		}
		this.inFlight = head.length() - this.headWritten;
		return ByteBuffer.wrap(head.bytes(), head.offset() + this.headWritten, this.inFlight);
	}

	/** Takes out what has left; says how many frames have, since the start. */
	synchronized long written(int count) {
		if (this.frames == null) {
			// Discarded while they were on their way.
			return this.written;
		}
		this.inFlight = 0;
		this.bytes -= count;
		int left = count;
		while (left > 0) {
			OutboundFrame head = this.frames.getFirst();
			int rest = head.length() - this.headWritten;
			if (left < rest) {
				this.headWritten += left;
				return this.written;
			}
			left -= rest;
			this.headWritten = 0;
			this.frames.removeFirst();
			this.written++;
		}
		if (this.frames.isEmpty() && this.peak > KEPT_CAPACITY) {
			this.frames = null;
			this.peak = 0;
		}
		return this.written;
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
		return this.closed && (this.frames == null || this.frames.isEmpty());
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

}
