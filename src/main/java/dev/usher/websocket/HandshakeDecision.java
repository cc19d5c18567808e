package dev.usher.websocket;

import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Decides on opening handshakes.
 */
public interface HandshakeDecision {

	/**
	 * Refuses a request for what must be in none, be it a handshake or not.
	 * @throws RefusedException why
	 */
	void inspect(Handshake handshake);

	/**
	 * Accepts a handshake, or throws. Called on the thread that reads; must not block.
	 * @throws RefusedException why not; answered as a problem document
	 */
	Accepted accept(Handshake handshake);

	/**
	 * A handshake that is accepted.
	 *
	 * @param listener the owner of the WebSocket to be
	 * @param subprotocol the one of the offered that is spoken, or null
	 */
	record Accepted(WebSocketListener listener, @Nullable String subprotocol) {

	}

}
