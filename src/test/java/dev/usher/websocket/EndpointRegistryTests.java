package dev.usher.websocket;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.handler.LoggingWebSocketHandlerDecorator;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What can be registered, and what is refused by name. */
class EndpointRegistryTests {

	private final WebSocketHandler own = new Own();

	private static EndpointRegistry registry(WebSocketHandlerDecoratorFactory... decorators) {
		ConnectionUpgradeStrategy strategy = new ConnectionUpgradeStrategy(
				new WebSocketLimits(1000, 1000, Duration.ofSeconds(5), false), new HeldBytes(), (query) -> query,
				new DecoratorThreads());
		return new EndpointRegistry(strategy, List.of(), List.of(new HttpSessionHandshakeInterceptor()),
				List.of(decorators));
	}

	private static void refused(Runnable registration, String... words) {
		assertThatExceptionOfType(EndpointException.class).isThrownBy(registration::run)
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(words));
	}

	@Test
	void handlerWhenItIsTheGatewaysThenItIsAtItsPaths() {
		EndpointRegistry registry = registry();
		registry.addHandler(this.own, "/a", "/b")
			.addHandler(this.own, "/c")
			.addInterceptors(new HttpSessionHandshakeInterceptor());
		Map<String, Endpoint> endpoints = registry.endpoints();
		assertThat(endpoints).containsOnlyKeys("/a", "/b", "/c");
		assertThat(endpoints.values()).allSatisfy((endpoint) -> assertThat(endpoint.interceptors()).hasSize(2)
			.hasOnlyElementsOfType(GuardedInterceptor.class));
	}

	@Test
	void handlerWhenItIsAnothersThenItIsRefusedByName() {
		refused(() -> registry().addHandler(new TextWebSocketHandler(), "/chat"), TextWebSocketHandler.class.getName(),
				"/chat");
	}

	@Test
	void handlersWhenTheyHaveOnePathThenTheSecondIsRefused() {
		EndpointRegistry registry = registry();
		registry.addHandler(this.own, "/a");
		refused(() -> registry.addHandler(this.own, "/a"), "two", "/a");
	}

	@Test
	void pathWhenItIsAPatternThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> registry().addHandler(this.own, "/a/*"))
			.withMessageContaining("/a/*");
	}

	@Test
	void registrationWhenItAsksForWhatIsNotOfferedThenItIsRefusedByName() {
		refused(() -> registry().addHandler(this.own, "/a").withSockJS(), "withSockJS");
		refused(() -> registry().addHandler(this.own, "/a").setAllowedOrigins("*"), "setAllowedOrigins",
				"usher.origins");
		refused(() -> registry().addHandler(this.own, "/a").setAllowedOriginPatterns("*"), "usher.origins");
		refused(() -> registry().addHandler(this.own, "/a").setHandshakeHandler(new DefaultHandshakeHandler()),
				DefaultHandshakeHandler.class.getName());
	}

	@Test
	void decoratorWhenItWouldLookAtMessagesThenItIsRefusedByName() {
		refused(() -> registry(LoggingWebSocketHandlerDecorator::new).addHandler(this.own, "/a"),
				LoggingWebSocketHandlerDecorator.class.getName(), "handleMessage");
		// Behind another it looks all the same.
		refused(() -> registry(
				(handler) -> new WebSocketHandlerDecorator(new LoggingWebSocketHandlerDecorator(handler)))
			.addHandler(this.own, "/a"), LoggingWebSocketHandlerDecorator.class.getName());
		refused(() -> registry((handler) -> new TextWebSocketHandler()).addHandler(this.own, "/a"),
				"WebSocketHandlerDecorator");
		EndpointRegistry registry = registry(WebSocketHandlerDecorator::new);
		registry.addHandler(this.own, "/a");
		assertThat(registry.endpoints().get("/a").handler()).isInstanceOf(WebSocketHandlerDecorator.class);
	}

	private static final class Own extends AbstractWebSocketHandler implements PayloadHandler {

		@Override
		public PayloadListener listener(WebSocketSession session, ServerHttpRequest request) {
			throw new UnsupportedOperationException("Nobody connects");
		}

	}

}
