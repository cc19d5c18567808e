package dev.usher.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.SessionLimitExceededException;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** A connection as Spring's {@code WebSocketSession}. */
class WebSocketSessionTests {

	private static final BlockingQueue<WebSocketSession> sessions = new LinkedBlockingQueue<>();

	private static final BlockingQueue<CloseStatus> closed = new LinkedBlockingQueue<>();

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.with(Beans.class);
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@BeforeEach
	void forget() {
		sessions.clear();
		closed.clear();
	}

	private static WebSocketSession session() throws InterruptedException {
		WebSocketSession session = sessions.poll(10, TimeUnit.SECONDS);
		assertThat(session).isNotNull();
		return session;
	}

	@Test
	void sessionWhenAskedThenItTellsOfTheHandshakeAndOfNoCredential() throws InterruptedException {
		String token = gateway.token("ann");
		Map<String, String> headers = Map.of("Authorization", "Bearer " + token, "Cookie", "usher=secret", "X-Tenant",
				"blue", "Proxy-Authorization", "Basic secret", "DPoP", "secret");
		RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws?a=1&ticket=secret&b=%7Bx%7D", headers);
		try (StompClient client = new StompClient(socket)) {
			WebSocketSession session = session();
			assertThat(session.getUri()).hasToString("ws://localhost:" + gateway.port() + "/ws?a=1&b=%7Bx%7D");
			assertThat(session.getHandshakeHeaders().toSingleValueMap())
				.containsOnlyKeys("Host", "X-Tenant")
				.containsEntry("X-Tenant", "blue");
			assertThat(session.getAcceptedProtocol()).isEqualTo("v12.stomp");
			assertThat(session.getExtensions()).isEmpty();
			assertThat(session.getRemoteAddress().getAddress().isLoopbackAddress()).isTrue();
			assertThat(session.getLocalAddress().getPort()).isEqualTo(gateway.port());
			assertThat(session.getTextMessageSizeLimit()).isEqualTo(64 * 1024);
			assertThat(session.getAttributes()).isEmpty();
			assertThat(session.getPrincipal()).isNull();
			assertThat(session.isOpen()).isTrue();
		}
	}

	@Test
	void sessionWhenConnectedThenItsPrincipalIsTheCallerAndItsIdStomps() throws InterruptedException {
		try (StompClient client = gateway.open()) {
			WebSocketSession session = session();
			client.sendConnect(gateway.token("ann"));
			assertThat(client.expect("CONNECTED").header("session")).isEqualTo(session.getId());
			assertThat(session.getPrincipal()).isNotNull();
			assertThat(session.getPrincipal().getName()).isEqualTo("ann");
		}
	}

	@Test
	void queryWhenItIsNoGoodUriThenTheSessionHasThePath() throws InterruptedException {
		RawWebSocket.open(gateway.port(), "/ws?a={b}", Map.of()).close();
		assertThat(session().getUri()).hasToString("ws://localhost:" + gateway.port() + "/ws");
	}

	@Test
	void messageWhenSentByTheSessionThenItLeavesInOrder() throws Exception {
		try (StompClient client = gateway.connect("ann")) {
			WebSocketSession session = session();
			client.subscribe("a", "/topic/session.order", "receipt:r").expect("RECEIPT");
			session.sendMessage(new TextMessage("\n"));
			session.sendMessage(new BinaryMessage("two".getBytes(StandardCharsets.US_ASCII)));
			session.sendMessage(new PingMessage(StandardCharsets.US_ASCII.encode("three")));
			assertThat(client.socket().read().text()).isEqualTo("\n");
			assertThat(client.socket().read()).extracting(Frame::opcode, Frame::text)
				.containsExactly(RawWebSocket.BINARY, "two");
			assertThat(client.socket().read()).extracting(Frame::opcode, Frame::text)
				.containsExactly(RawWebSocket.PING, "three");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> session.sendMessage(new PingMessage(StandardCharsets.US_ASCII.encode("x".repeat(126)))));
		}
	}

	@Test
	void messagesWhenThePeerTakesNoneThenTheSessionIsFullAndEnds() throws InterruptedException {
		try (StompClient client = gateway.connect("ann")) {
			WebSocketSession session = session();
			TextMessage large = new TextMessage("x".repeat(512 * 1024));
			assertThatExceptionOfType(SessionLimitExceededException.class).isThrownBy(() -> {
				for (int i = 0; i < 1000; i++) {
					session.sendMessage(large);
				}
			});
			assertThat(session.isOpen()).isFalse();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> session.sendMessage(large));
		}
	}

	@Test
	void sessionWhenClosedThenWhatIsQueuedLeavesAndThenTheClose() throws Exception {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/user/topic/x", "receipt:r").expect("RECEIPT");
			WebSocketSession session = session();
			session.sendMessage(new TextMessage("\n"));
			session.close(new CloseStatus(4321, "moved"));
			assertThat(session.isOpen()).isFalse();
			assertThat(client.socket().read().text()).isEqualTo("\n");
			Frame close = client.socket().read();
			assertThat(close.closeStatus()).isEqualTo(4321);
			assertThat(close.closeReason()).isEqualTo("moved");
			// A second time changes nothing.
			session.close();
			client.answerClose();
			assertThat(closed.poll(10, TimeUnit.SECONDS)).isNotNull();
			Await.until(() -> gateway.bean(Connections.class).ofUser("ann") == 0);
		}
	}

	@Test
	void sessionWhenClosedBeforeConnectThenItEndsLikewise() throws Exception {
		try (StompClient client = gateway.open()) {
			session().close();
			assertThat(client.socket().read().closeStatus()).isEqualTo(1000);
		}
	}

	@Test
	void sessionWhenThePeerClosesThenTheHandlerHasItsStatus() throws InterruptedException {
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws", Map.of())) {
			socket.send(true, RawWebSocket.CLOSE, new byte[] { 0x0f, (byte) 0xa0 });
			assertThat(closed.poll(10, TimeUnit.SECONDS)).isEqualTo(new CloseStatus(4000));
		}
	}

	@Test
	void handlerWhenGivenAWholeMessageThenItIsReadLikePieces() throws Exception {
		try (StompClient client = gateway.open()) {
			WebSocketSession session = session();
			gateway.bean(StompWebSocketHandler.class)
				.handleMessage(session, new TextMessage("CONNECT\naccept-version:1.2\nAuthorization:Bearer "
						+ gateway.token("ben") + "\n\n\0"));
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ben");
		}
	}

	@Test
	void decoratorWhenItFailsThenTheConnectionEndsAndNoOther() {
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws?fail", Map.of())) {
			assertThat(socket.read().closeStatus()).isEqualTo(1011);
		}
		gateway.connect("ann").close();
	}

	/** A class of others, in a jar of theirs. */
	static class Beans {

		@Bean
		WebSocketHandlerDecoratorFactory sessionsSeen() {
			return (handler) -> new WebSocketHandlerDecorator(handler) {
				@Override
				public void afterConnectionEstablished(WebSocketSession session) throws Exception {
					sessions.add(session);
					if (String.valueOf(session.getUri()).endsWith("?fail")) {
						throw new IllegalStateException("It was told to fail");
					}
					super.afterConnectionEstablished(new WebSocketSessionDecorator(session));
				}

				@Override
				public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
					closed.add(status);
					super.afterConnectionClosed(session, status);
				}
			};
		}

	}

}
