package dev.usher.websocket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.SockJsServiceRegistration;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistration;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** One registration, which may have several paths. */
final class EndpointRegistration implements WebSocketHandlerRegistration {

	private final EndpointRegistry registry;

	private final Map<String, WebSocketHandler> handlers = new HashMap<>();

	private final List<HandshakeInterceptor> interceptors = new ArrayList<>();

	EndpointRegistration(EndpointRegistry registry) {
		this.registry = registry;
	}

	void handler(String path, WebSocketHandler handler) {
		this.handlers.put(path, handler);
	}

	WebSocketHandler handler(String path) {
		return Objects.requireNonNull(this.handlers.get(path));
	}

	List<HandshakeInterceptor> interceptors() {
		return this.interceptors;
	}

	@Override
	public WebSocketHandlerRegistration addHandler(WebSocketHandler handler, String... paths) {
		this.registry.add(this, handler, paths);
		return this;
	}

	@Override
	public WebSocketHandlerRegistration addInterceptors(HandshakeInterceptor... more) {
		this.interceptors.addAll(List.of(more));
		return this;
	}

	@Override
	public WebSocketHandlerRegistration setHandshakeHandler(HandshakeHandler handler) {
		throw new EndpointException("The HandshakeHandler " + handler.getClass().getName()
				+ " cannot take the place of the gateway's; a HandshakeInterceptor can refuse and set attributes.");
	}

	@Override
	public WebSocketHandlerRegistration setAllowedOrigins(String... origins) {
		throw new EndpointException("setAllowedOrigins is not offered; list the origins in usher.origins.");
	}

	@Override
	public WebSocketHandlerRegistration setAllowedOriginPatterns(String... patterns) {
		throw new EndpointException("setAllowedOriginPatterns is not offered; list the origins in usher.origins.");
	}

	@Override
	public SockJsServiceRegistration withSockJS() {
		throw new EndpointException("withSockJS is not offered; clients connect by WebSocket.");
	}

}
