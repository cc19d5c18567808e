package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.server.HandshakeInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/** Interceptors of others: what they can do, and what they cannot undo. */
@ExtendWith(OutputCaptureExtension.class)
class HandshakeInterceptorTests {

	private static final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

	private static final BlockingQueue<WebSocketSession> sessions = new LinkedBlockingQueue<>();

	private static final BlockingQueue<Map<String, Object>> ofFrames = new LinkedBlockingQueue<>();

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.with(Beans.class, "usher.origins=https://listed.example.org");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@BeforeEach
	void forget() {
		asked.clear();
		sessions.clear();
		ofFrames.clear();
	}

	private static RawWebSocket.Answer answer(String path, String... headers) {
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), path, StompClient.headers(headers))) {
			return socket.handshake();
		}
	}

	private static boolean isBlue(WebSocketSession session) {
		return session.getAttributes().equals(Map.of("tenant", "blue"));
	}

	@Test
	void attributeWhenAnInterceptorSetsItThenSessionAndFramesHaveIt() {
		try (StompClient client = new StompClient(RawWebSocket.open(gateway.port(), "/ws?tenant=blue", Map.of()))) {
			client.sendConnect(gateway.token("ann")).expect("CONNECTED");
			Await.until(() -> sessions.stream().anyMatch(HandshakeInterceptorTests::isBlue));
			assertThat(ofFrames).contains(Map.of("tenant", "blue"));
		}
		assertThat(asked).containsExactly("before", "after null");
	}

	@Test
	void handshakeWhenAnInterceptorSaysNoThenForbidden() {
		RawWebSocket.Answer answer = answer("/ws?do=refuse");
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json")
			.doesNotContainKey("sec-websocket-accept");
		assertThat(answer.body()).contains("\"code\":\"forbidden\"", "\"incident\":");
		assertThat(sessions).noneMatch((session) -> String.valueOf(session.getUri()).contains("refuse"));
	}

	@Test
	void handshakeWhenAnInterceptorSetsAStatusThenItIsAnswered() {
		RawWebSocket.Answer answer = answer("/ws?do=pay");
		assertThat(answer.status()).isEqualTo(402);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json")
			.containsEntry("x-price", "1");
	}

	@Test
	void handshakeWhenAnInterceptorWritesThenThatIsAnswered() {
		RawWebSocket.Answer answer = answer("/ws?do=write");
		assertThat(answer.status()).isEqualTo(418);
		assertThat(answer.body()).isEqualTo("short and stout");
	}

	@Test
	void handshakeWhenAnInterceptorFailsThenItIsAnIncidentAndShowsNothing(CapturedOutput output) {
		RawWebSocket.Answer answer = answer("/ws?do=throw");
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
		assertThat(answer.body()).contains("\"code\":\"internal_error\"").doesNotContain("db7.internal", "Exception");
		String incident = answer.body().replaceAll(".*\"incident\":\"(\\w+)\".*", "$1");
		Await.until(() -> output.getAll().contains("incident " + incident));
		assertThat(asked).containsExactly("before");
		assertThat(answer("/ws").status()).isEqualTo(101);
	}

	@Test
	void handshakeWhenAnInterceptorThrowsAnErrorThenItIsAnIncidentToo(CapturedOutput output) {
		RawWebSocket.Answer answer = answer("/ws?do=error");
		assertThat(answer.status()).isEqualTo(500);
		assertThat(answer.body()).contains("\"code\":\"internal_error\"").doesNotContain("Error:", "acme");
		String incident = answer.body().replaceAll("(?s).*\"incident\":\"(\\w+)\".*", "$1");
		Await.until(() -> output.getAll()
			.contains("interceptor " + Meddling.class.getName() + " failed, incident " + incident));
		assertThat(answer("/ws").status()).isEqualTo(101);
	}

	@Test
	void handshakeWhenAnInterceptorFailsBehindItThenItStandsAndIsLogged(CapturedOutput output) {
		assertThat(answer("/ws?do=after").status()).isEqualTo(101);
		Await.until(() -> output.getAll().contains("interceptor " + Meddling.class.getName() + " failed after"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ws;[", "/ws;[?tenant=blue" })
	void addressWhenItIsNoUriThenAnInterceptorStillSeesOne(String path) {
		assertThat(answer(path).status()).isEqualTo(101);
	}

	@Test
	void pageWhenItsOriginIsForeignThenNoInterceptorCanLetItIn() {
		for (String path : new String[] { "/ws", "/ws?do=forge", "/more/ws" }) {
			RawWebSocket.Answer answer = answer(path, "Origin:https://evil.example.org");
			assertThat(answer.status()).as(path).isEqualTo(403);
		}
		for (String path : List.of("/ws?access_token=x", "/ws;access_token=x", "/ws;a=b;c=eyJhbGciOiJub25lIn0.e30.x",
				"/ws?eyJhbGciOiJub25lIn0.e30.x")) {
			assertThat(answer(path).status()).as(path).isEqualTo(400);
		}
		assertThat(answer("/ws", "Authorization:Bearer forged").status()).isEqualTo(401);
		assertThat(asked).as("interceptors of others").isEmpty();
	}

	@Test
	void interceptorWhenItMeddlesWithTheRequestThenConnectGoesByWhatCame() {
		try (StompClient client = new StompClient(RawWebSocket.open(gateway.port(), "/ws?do=clear",
				Map.of("Authorization", "Bearer " + gateway.token("ann"))))) {
			client.send("CONNECT", "accept-version:1.2");
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ann");
		}
		// Its headers are a view that cannot be changed.
		assertThat(answer("/ws?do=forge").status()).isEqualTo(500);
	}

	@Test
	void handshakeWhenAnInterceptorWritesItsHeadersThenTheyAreTheGateways() {
		RawWebSocket.Answer answer = answer("/ws?do=headers");
		assertThat(answer.status()).isEqualTo(101);
		assertThat(answer.headers()).containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
			.containsEntry("sec-websocket-protocol", "v12.stomp")
			.containsEntry("x-mine", "kept")
			.doesNotContainKey("sec-websocket-extensions");
	}

	@Test
	void endpointWhenRegisteredAtAnotherPathThenItIsTheSameWithItsOwnInterceptors() {
		RawWebSocket socket = RawWebSocket.open(gateway.port(), "/more/ws", Map.of());
		try (StompClient client = new StompClient(socket)) {
			client.sendConnect(gateway.token("ann")).expect("CONNECTED");
		}
		assertThat(asked).containsExactly("before", "more", "after null");
		assertThat(answer("/more/ws?do=refuse").status()).isEqualTo(403);
	}

	@Test
	void interceptorWhenSlowThenItIsWarnedOf(CapturedOutput output) {
		assertThat(answer("/ws?do=slow").status()).isEqualTo(101);
		Await.until(() -> output.getAll().contains("Handshake interceptors are slow")
				&& output.getAll().contains("The last was " + Meddling.class.getName()));
	}

	/** A class of others, in a jar of theirs. */
	static class Beans {

		@Bean
		HandshakeInterceptor meddling() {
			return new Meddling();
		}

		@Bean
		WebSocketHandlerDecoratorFactory sessionsSeen() {
			return (handler) -> new WebSocketHandlerDecorator(handler) {
				@Override
				public void afterConnectionEstablished(WebSocketSession session) throws Exception {
					sessions.add(session);
					super.afterConnectionEstablished(session);
				}
			};
		}

		@Bean
		ChannelInterceptor attributesOfFrames() {
			return new ChannelInterceptor() {
				@Override
				public Message<?> preSend(Message<?> message, MessageChannel channel) {
					Map<String, Object> attributes = SimpMessageHeaderAccessor
						.getSessionAttributes(message.getHeaders());
					ofFrames.add((attributes != null) ? Map.copyOf(attributes) : Map.of());
					return message;
				}
			};
		}

		@Bean
		WebSocketConfigurer more(StompWebSocketHandler handler) {
			return (registry) -> registry.addHandler(handler, "/more/ws").addInterceptors(new Passing());
		}

	}

	/** Says that it was asked. */
	private static class Passing implements HandshakeInterceptor {

		@Override
		public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
				Map<String, Object> attributes) throws Exception {
			return asked.add("more");
		}

		@Override
		public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
				@Nullable Exception failure) {
		}

	}

	/** Does what the URL says, and would like to be first. */
	@Order(Integer.MIN_VALUE)
	private static final class Meddling implements HandshakeInterceptor {

		@Override
		public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
				Map<String, Object> attributes) throws Exception {
			asked.add("before");
			Map<String, String> query = query(request);
			if (query.containsKey("tenant")) {
				attributes.put("tenant", query.get("tenant"));
				attributes.put("nothing", null);
			}
			return switch (query.getOrDefault("do", "")) {
				case "refuse" -> false;
				case "pay" -> {
					response.setStatusCode(HttpStatus.PAYMENT_REQUIRED);
					response.getHeaders().set("X-Price", "1");
					yield false;
				}
				case "write" -> {
					response.setStatusCode(HttpStatus.I_AM_A_TEAPOT);
					response.getBody().write("short and stout".getBytes(StandardCharsets.US_ASCII));
					yield false;
				}
				case "throw" -> throw new java.sql.SQLException("no connection to db7.internal");
				case "error" -> throw new NoClassDefFoundError("acme/Library");
				case "forge" -> {
					request.getHeaders().remove(HttpHeaders.ORIGIN);
					yield true;
				}
				case "clear" -> {
					request.getAttributes().clear();
					yield true;
				}
				case "headers" -> {
					response.getHeaders().set("Sec-WebSocket-Accept", "forged");
					response.getHeaders().set("Sec-WebSocket-Protocol", "forged");
					response.getHeaders().set("Sec-WebSocket-Extensions", "permessage-deflate");
					response.getHeaders().set("X-Mine", "kept");
					yield true;
				}
				case "slow" -> {
					LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
					yield true;
				}
				default -> true;
			};
		}

		private static Map<String, String> query(ServerHttpRequest request) {
			Map<String, String> parameters = new LinkedHashMap<>();
			String query = request.getURI().getQuery();
			if (query != null) {
				for (String parameter : query.split("&")) {
					String[] pair = parameter.split("=", 2);
					parameters.put(pair[0], pair[pair.length - 1]);
				}
			}
			return parameters;
		}

		@Override
		public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
				@Nullable Exception failure) {
			asked.add("after " + failure);
			if (query(request).getOrDefault("do", "").equals("after")) {
				throw new NoClassDefFoundError("acme/Library");
			}
		}

	}

}
