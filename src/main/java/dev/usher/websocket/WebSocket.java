package dev.usher.websocket;

import java.net.SocketAddress;

import org.springframework.web.socket.CloseStatus;

/**
 * An open WebSocket, as its owner sees it. Every method may be called by any thread and
 * none of them waits for the peer.
 */
public interface WebSocket {

	/** What became of an offered frame. */
	enum Offer {

		/** It is in the queue; whoever offered it must see to {@link #writeSome()}. */
		QUEUED,

		/** The queue is full; the frame was not taken. */
		FULL,

		/** The socket is closing or closed; the frame was not taken. */
		CLOSED

	}

	/**
	 * Puts a frame at the end of the queue. It leaves with the next {@link #writeSome()},
	 * so that one write can carry many.
	 */
	Offer offer(OutboundFrame frame);

	/**
	 * The same for a frame that can wait: it is taken only where no more than so many
	 * bytes are queued with it.
	 */
	Offer offer(OutboundFrame frame, int limit);

	/**
	 * Writes some of what is queued, as far as the peer takes it. What it does not take
	 * now follows when it reads on: {@link PayloadListener#onWritable()} says so. Must
	 * not be called with a lock held, as it may call the listener.
	 * @return whether there is more that could leave now, so that the caller calls again
	 */
	boolean writeSome();

	/**
	 * Starts the closing handshake (RFC 6455, section 7). What is queued leaves first,
	 * with {@link #writeSome()}.
	 * @param status the status of the close, its reason cut to the 123 bytes that fit
	 */
	void close(CloseStatus status);

	/**
	 * The same behind one last frame, so that none comes between.
	 * @param last the last frame
	 * @param status the status of the close
	 * @return false where there is no room for it, or where it is closed; nothing is done
	 * then
	 */
	boolean close(OutboundFrame last, CloseStatus status);

	/**
	 * Forgets what is queued, but for a frame that has begun to leave, sends one last
	 * frame and starts the closing handshake.
	 * @param last the last frame
	 * @param status the status of the close, its reason cut to the 123 bytes that fit
	 */
	void closeNow(OutboundFrame last, CloseStatus status);

	/**
	 * Forgets what is queued before the last frames, but for a frame that has begun to
	 * leave. For a WebSocket that is closing and whose queue must not be delivered.
	 * @param count how many frames are the last, the close among them
	 */
	void keepLast(int count);

	/** Lets go of everything at once, whatever the peer has not taken. */
	void cut();

	/**
	 * Stops reading until {@link #resume()}; what was read already is still handed over.
	 */
	void suspend();

	/** Reads on. */
	void resume();

	/**
	 * Runs something on the thread that reads this connection, between two reads. What
	 * throws there ends the connection.
	 */
	void execute(Runnable task);

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
