package dev.usher.websocket;

import java.net.SocketAddress;

/**
 * An open WebSocket, as its owner sees it. Every method may be called by any thread and
 * none of them waits for the peer.
 */
public interface WebSocket {

	/** What became of an offered frame. */
	enum Offer {

		/** It is in the queue; whoever offered it must see to a {@link #flush()}. */
		QUEUED,

		/** The queue is full; the frame was not taken. */
		FULL,

		/** The socket is closing or closed; the frame was not taken. */
		CLOSED

	}

	/**
	 * Puts a frame at the end of the queue. It leaves at the next {@link #flush()}, so
	 * that one write can carry many.
	 */
	Offer offer(OutboundFrame frame);

	/**
	 * The same for a frame whose sender has bounds of its own: never {@link Offer#FULL}.
	 */
	Offer offerAnyway(OutboundFrame frame);

	/**
	 * Writes what is queued as far as the peer takes it; the rest follows by itself as
	 * soon as the peer reads on.
	 */
	void flush();

	/**
	 * Starts the closing handshake (RFC 6455, section 7). What is queued leaves first.
	 * @param status the status of the close
	 * @param reason the reason, cut to the 123 bytes that fit
	 */
	void close(int status, String reason);

	/**
	 * Forgets what is queued, but for a frame that has begun to leave, sends one last
	 * frame and starts the closing handshake.
	 * @param last the last frame
	 * @param status the status of the close
	 * @param reason the reason, cut to the 123 bytes that fit
	 */
	void closeNow(OutboundFrame last, int status, String reason);

	/**
	 * Stops reading until {@link #resume()}; what was read already is still handed over.
	 */
	void suspend();

	/** Reads on. */
	void resume();

	/** How many bytes are queued. */
	int queuedBytes();

	/**
	 * Counts the frames that have left whole, so that a caller can tell whether one that
	 * was queued at some time has left since.
	 */
	long framesWritten();

	/** Counts the frames that were ever queued. */
	long framesQueued();

	/** The address of the peer's end of the connection. */
	SocketAddress remoteAddress();

}
