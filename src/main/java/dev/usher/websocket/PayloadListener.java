package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.security.Principal;

import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What a {@link PayloadHandler} has for each of its connections, and what goes beyond
 * Spring's {@code WebSocketHandler}: the payload in the pieces in which it was read,
 * where a read begins and ends, and what is left of the queue. Called with no lock held.
 * What is read is told by one thread at a time, which must not be blocked: it reads for
 * many connections. What is written is told by whoever writes.
 */
public interface PayloadListener {

	/**
	 * The handshake is through, and the handler of its sessions is told next: whoever
	 * stands before it may send or close at once. Called before all else.
	 */
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
	 * This listener or the handler of its sessions threw: the peer is to be told, and the
	 * connection to end. Where it has not ended when this returns, it is closed with
	 * 1011.
	 */
	void onBroken(Throwable failure);

	/**
	 * The connection is gone; the handler of its sessions is told next. Called once.
	 * @param status of the peer's close or, where it broke RFC 6455, of ours
	 */
	void onClosed(int status);

	/**
	 * Somebody sends a message by the session: it is to go the way of all others. Any
	 * thread.
	 * @return what became of it
	 */
	Offer onSend(OutboundFrame frame);

	/**
	 * Somebody closes the session: what is queued is to leave, then a close of this
	 * status. Any thread.
	 */
	void onCloseAsked(CloseStatus status);

	/** Who the connection belongs to, as far as that is known. */
	@Nullable Principal principal();

}
