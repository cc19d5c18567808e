package dev.usher.websocket;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.RefusedException;

import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.HandshakeInterceptorChain;

/**
 * What answers at a path.
 *
 * @param handler whose WebSockets are opened here
 * @param handshakeHandler what opens them
 * @param interceptors what is asked first, in this order
 */
record Endpoint(WebSocketHandler handler, HandshakeHandler handshakeHandler, List<HandshakeInterceptor> interceptors) {

	/**
	 * Goes through a handshake.
	 * @return whether the connection is to be upgraded; false where an interceptor says
	 * so
	 * @throws RefusedException why not
	 */
	boolean handshake(HandshakeRequest request, HandshakeResponse response) {
		HandshakeInterceptorChain chain = new HandshakeInterceptorChain(this.interceptors, this.handler);
		Map<String, Object> attributes = new HashMap<>();
		boolean opened;
		try {
			if (!chain.applyBeforeHandshake(request, response, attributes)) {
				return false;
			}
			opened = this.handshakeHandler.doHandshake(request, response, this.handler, attributes);
		}
		catch (RuntimeException ex) {
			chain.applyAfterHandshake(request, response, ex);
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("Interceptors of others are guarded, and ours throw nothing else", ex);
		}
		chain.applyAfterHandshake(request, response, null);
		return opened;
	}

}
