package dev.usher.websocket;

import java.nio.ByteBuffer;

/**
 * What a WebSocket tells its owner, with no lock held. What is read is told by one thread
 * at a time, which must not be blocked: it reads for many connections. What is written is
 * told by whoever writes.
 */
public interface WebSocketListener {

	/** The handshake is done. */
	void onOpen(WebSocket socket);

	/**
	 * Something is about to be handed over; {@link #onReadComplete()} follows for sure.
	 */
	void onReadBegin();

	/**
	 * Bytes arrived, framing and control frames included, or a compressed message swelled
	 * to them. Called before any of them is handed over.
	 */
	void onRead(int bytes);

	/**
	 * A piece of a text or binary message, unmasked; where messages begin and end is not
	 * told. The buffer has an array and is valid only during the call.
	 */
	void onPayload(ByteBuffer payload);

	/** A ping arrived; it is answered already. */
	void onPing();

	/** All that was read has been handed over: the time to flush what it led to. */
	void onReadComplete();

	/**
	 * Something is queued and the peer may take it: the owner is to call
	 * {@link WebSocket#writeSome()}, now or when it is through with what it read.
	 */
	void onWritable();

	/**
	 * Bytes were written. May be called by any thread that writes, one at a time, which
	 * has others wait until this returns.
	 * @param frames how many frames have left whole since the socket was opened
	 */
	void onWritten(long frames);

	/** The peer has stopped taking bytes and some are queued. */
	void onBlocked();

	/**
	 * The socket is gone. Called exactly once.
	 * @param status the status the peer gave, or 1006 where it gave none
	 */
	void onClosed(int status);

}
