package dev.usher.socket;

import java.nio.ByteBuffer;
import java.util.List;

import dev.usher.websocket.PayloadHandler;
import dev.usher.websocket.PayloadListener;
import dev.usher.websocket.SocketSession;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * STOMP over WebSocket. What is read does not come by here but goes in pieces to the
 * {@link SocketEvents} of each connection.
 */
class StompWebSocketHandler implements PayloadHandler, SubProtocolCapable {

	/** Best first. */
	private static final List<String> SUBPROTOCOLS = List.of("v12.stomp", "v11.stomp", "v10.stomp");

	private final StompGateway gateway;

	private final HandshakeReader handshakes;

	StompWebSocketHandler(StompGateway gateway, HandshakeReader handshakes) {
		this.gateway = gateway;
		this.handshakes = handshakes;
	}

	@Override
	public List<String> getSubProtocols() {
		return SUBPROTOCOLS;
	}

	@Override
	public PayloadListener listener(WebSocketSession session, ServerHttpRequest request) {
		return this.gateway.newConnection(session, this.handshakes.read(request)).events();
	}

	/** Its {@link SocketEvents} knew before whoever decorates this. */
	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
	}

	/** For who has a whole message; the gateway itself hands over pieces. */
	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
		SocketEvents events = events(own(session));
		if (message instanceof TextMessage text) {
			events.take(ByteBuffer.wrap(text.asBytes()));
		}
		else if (message instanceof BinaryMessage binary) {
			byte[] bytes = new byte[binary.getPayload().remaining()];
			binary.getPayload().slice().get(bytes);
			events.take(ByteBuffer.wrap(bytes));
		}
	}

	/** Likewise. */
	@Override
	public void handleTransportError(WebSocketSession session, Throwable failure) {
	}

	/** Likewise. */
	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
	}

	@Override
	public boolean supportsPartialMessages() {
		return true;
	}

	private static SocketSession own(WebSocketSession session) {
		WebSocketSession last = (session instanceof WebSocketSessionDecorator decorator) ? decorator.getLastSession()
				: session;
		if (last instanceof SocketSession own) {
			return own;
		}
		throw new IllegalArgumentException("The session is not the gateway's");
	}

	private static SocketEvents events(SocketSession session) {
		return (SocketEvents) session.listener();
	}

}
