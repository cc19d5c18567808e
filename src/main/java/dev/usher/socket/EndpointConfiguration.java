package dev.usher.socket;

import java.util.List;

import dev.usher.websocket.ConnectionUpgradeStrategy;
import dev.usher.websocket.DecoratorThreads;
import dev.usher.websocket.EndpointRegistry;
import dev.usher.websocket.WebSocketUpgradeHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Where WebSockets are opened, and who is asked. The gateway's own checks come first, in
 * this order: what comes twice, the URL, the origin, room, the token of the handshake.
 * Interceptors of others follow.
 */
@Configuration(proxyBeanMethods = false)
class EndpointConfiguration {

	private static final String PATH = "/ws";

	@Bean
	StompWebSocketHandler stompWebSocketHandler(StompGateway gateway, HandshakeReader handshakes) {
		return new StompWebSocketHandler(gateway, handshakes);
	}

	@Bean
	DecoratorThreads decoratorThreads() {
		return new DecoratorThreads();
	}

	@Bean
	RequestUpgradeStrategy connectionUpgradeStrategy(SocketProperties properties, StompGateway gateway,
			DecoratorThreads threads) {
		return new ConnectionUpgradeStrategy(properties.webSocketLimits(), gateway.memory().held(),
				HandshakeReader::withoutTicket, threads);
	}

	@Bean
	@Order(0)
	WebSocketConfigurer stompEndpoint(StompWebSocketHandler handler) {
		return (registry) -> registry.addHandler(handler, PATH);
	}

	@Bean
	EndpointRegistry endpointRegistry(RequestUpgradeStrategy strategy, HeaderCheck headers, UrlCheck url,
			OriginCheck origin, AdmissionCheck admission, BearerCheck bearer,
			ObjectProvider<HandshakeInterceptor> interceptors,
			ObjectProvider<WebSocketHandlerDecoratorFactory> decorators,
			ObjectProvider<WebSocketConfigurer> configurers) {
		List<HandshakeInterceptor> others = interceptors.orderedStream()
			.filter((each) -> !(each instanceof HandshakeCheck))
			.toList();
		EndpointRegistry registry = new EndpointRegistry(strategy, List.of(headers, url, origin, admission, bearer),
				others, decorators.orderedStream().toList());
		configurers.orderedStream().forEach((configurer) -> configurer.registerWebSocketHandlers(registry));
		return registry;
	}

	/**
	 * The handshake comes before the servlets: it needs none of them, and they would cost
	 * more than the rest of a CONNECT.
	 */
	@Bean
	WebServerFactoryCustomizer<JettyServletWebServerFactory> webSocketUpgrade(EndpointRegistry registry,
			HandshakeReader handshakes, SocketAudit audit) {
		return (factory) -> factory
			.addServerCustomizers((server) -> server.setHandler(new WebSocketUpgradeHandler(server.getHandler(),
					registry, (request, refusal) -> audit.refused(handshakes.read(request).address(), refusal))));
	}

}
