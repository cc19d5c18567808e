package dev.usher.socket;

import java.util.Map;

import dev.usher.protocol.RefusedException;
import dev.usher.websocket.HandshakeRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * One of the gateway's own conditions of a handshake, which is refused by throwing, so
 * that the client learns why. Checked before any interceptor of others, on the thread
 * that reads; must not block.
 */
abstract class HandshakeCheck implements HandshakeInterceptor {

	@Override
	public final boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response,
			WebSocketHandler handler, Map<String, Object> attributes) {
		check(HandshakeReader.of(request));
		return true;
	}

	@Override
	public final void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception failure) {
	}

	/**
	 * Lets a handshake pass, or throws.
	 * @throws RefusedException why not; answered as a problem document
	 */
	abstract void check(HandshakeRequest request);

}
