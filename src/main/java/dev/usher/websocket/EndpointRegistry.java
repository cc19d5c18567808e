package dev.usher.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistration;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Which handler is at which path. Takes handlers that are a {@link PayloadHandler} alone:
 * no other would be held to what the gateway promises of every connection. The gateway's
 * own interceptors come first, for every path, so that nobody's can weaken them.
 */
public final class EndpointRegistry implements WebSocketHandlerRegistry {

	private final HandshakeHandler handshakeHandler;

	private final List<HandshakeInterceptor> interceptors = new ArrayList<>();

	private final List<WebSocketHandlerDecoratorFactory> decorators;

	private final Map<String, EndpointRegistration> registrations = new TreeMap<>();

	/**
	 * @param strategy what opens the WebSockets
	 * @param own the gateway's interceptors, asked first and in this order
	 * @param others the interceptors of others, asked after those
	 * @param decorators what is told of sessions besides
	 */
	public EndpointRegistry(RequestUpgradeStrategy strategy, List<? extends HandshakeInterceptor> own,
			List<HandshakeInterceptor> others, List<WebSocketHandlerDecoratorFactory> decorators) {
		this.handshakeHandler = new OpeningHandshakeHandler(strategy);
		this.interceptors.addAll(own);
		others.forEach((each) -> this.interceptors.add(new GuardedInterceptor(each)));
		this.decorators = decorators;
	}

	@Override
	public WebSocketHandlerRegistration addHandler(WebSocketHandler handler, String... paths) {
		EndpointRegistration registration = new EndpointRegistration(this);
		add(registration, handler, paths);
		return registration;
	}

	void add(EndpointRegistration registration, WebSocketHandler handler, String... paths) {
		if (!(WebSocketHandlerDecorator.unwrap(handler) instanceof PayloadHandler)) {
			throw new EndpointException("The WebSocketHandler " + handler.getClass().getName() + " at "
					+ String.join(", ", paths) + " is not the gateway's; only its own can be at a path.");
		}
		for (String path : paths) {
			Assert.isTrue(path.startsWith("/") && path.indexOf('*') < 0 && path.indexOf('{') < 0,
					() -> "A WebSocket's path is exact and begins with a slash, but is " + path);
			registration.handler(path, decorated(handler));
			if (this.registrations.put(path, registration) != null) {
				throw new EndpointException("There are two WebSocketHandlers at " + path + ".");
			}
		}
	}

	private WebSocketHandler decorated(WebSocketHandler handler) {
		WebSocketHandler decorated = handler;
		for (WebSocketHandlerDecoratorFactory decorator : this.decorators) {
			decorated = decorator.decorate(decorated);
			if (!(WebSocketHandlerDecorator.unwrap(decorated) instanceof PayloadHandler)) {
				throw new EndpointException("What " + decorator.getClass().getName()
						+ " makes of a WebSocketHandler must be a WebSocketHandlerDecorator.");
			}
			refuseThatOfMessages(decorated);
		}
		return decorated;
	}

	/** It would be told of no message, and may be meant to look at each. */
	private static void refuseThatOfMessages(WebSocketHandler handler) {
		for (WebSocketHandler each = handler; each instanceof WebSocketHandlerDecorator decorator; each = decorator
			.getDelegate()) {
			Class<?> looks = ClassUtils
				.getMethod(each.getClass(), "handleMessage", WebSocketSession.class, WebSocketMessage.class)
				.getDeclaringClass();
			if (looks != WebSocketHandlerDecorator.class) {
				throw new EndpointException("The WebSocketHandlerDecorator " + looks.getName()
						+ " overrides handleMessage, which is never called; a ChannelInterceptor sees every frame.");
			}
		}
	}

	/** What was registered, by path. */
	Map<String, Endpoint> endpoints() {
		Map<String, Endpoint> endpoints = new TreeMap<>();
		this.registrations.forEach((path, registration) -> {
			List<HandshakeInterceptor> all = new ArrayList<>(this.interceptors);
			registration.interceptors().forEach((each) -> all.add(new GuardedInterceptor(each)));
			endpoints.put(path, new Endpoint(registration.handler(path), this.handshakeHandler, List.copyOf(all)));
		});
		return Map.copyOf(endpoints);
	}

}
