package dev.usher.websocket;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A {@link WebSocketHandler} that is given what its connections read in pieces, by the
 * {@link PayloadListener} that it makes for each. Opening, failing and closing are told
 * to whoever decorates the handler, behind the listener, which knows of them by itself;
 * whole messages are not assembled, so
 * {@link #handleMessage(WebSocketSession, WebSocketMessage)} is called by nobody here.
 */
public interface PayloadHandler extends WebSocketHandler {

	/**
	 * Makes the listener of a connection whose handshake was accepted. Called before
	 * {@link #afterConnectionEstablished(WebSocketSession)}, on the thread that reads;
	 * must not block.
	 * @param session the session, which is not open yet
	 * @param request the handshake, valid during the call
	 */
	PayloadListener listener(WebSocketSession session, ServerHttpRequest request);

}
