package dev.usher.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.SessionLimitExceededException;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** A connection as Spring's {@code WebSocketSession}. */
class WebSocketSessionTests {

	private static final Queue<WebSocketSession> sessions = new ConcurrentLinkedQueue<>();

	private static final Map<String, CloseStatus> closed = new ConcurrentHashMap<>();

	private static TestGateway gateway;

	private WebSocketSession session;

	@BeforeAll
	static void start() {
		gateway = TestGateway.with(Beans.class);
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	/** Opens a connection and finds its session. */
	private StompClient open(String query, String... headers) {
		String mark = "test=" + UUID.randomUUID();
		RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws?" + mark + query, StompClient.headers(headers));
		Await.until(() -> sessions.stream().anyMatch((each) -> String.valueOf(each.getUri()).contains(mark)));
		this.session = sessions.stream()
			.filter((each) -> String.valueOf(each.getUri()).contains(mark))
			.findFirst()
			.orElseThrow();
		return new StompClient(socket);
	}

	private StompClient connect(String user) {
		StompClient client = open("");
		client.sendConnect(gateway.token(user)).expect("CONNECTED");
		return client;
	}

	@Test
	void sessionWhenAskedThenItTellsOfTheHandshakeAndOfNoCredential() throws InterruptedException {
		String token = gateway.token("ann");
		try (StompClient client = open("&ticket=secret&b=%7Bx%7D", "Authorization:Bearer " + token,
				"Cookie:usher=secret", "X-Tenant:blue", "Proxy-Authorization:Basic secret", "DPoP:secret")) {
			assertThat(String.valueOf(this.session.getUri()))
				.matches("ws://localhost:" + gateway.port() + "/ws\\?test=[-0-9a-f]+&b=%7Bx%7D");
			assertThat(this.session.getHandshakeHeaders().toSingleValueMap()).containsOnlyKeys("Host", "X-Tenant")
				.containsEntry("X-Tenant", "blue");
			assertThat(this.session.getAcceptedProtocol()).isEqualTo("v12.stomp");
			assertThat(this.session.getExtensions()).isEmpty();
			assertThat(this.session.getRemoteAddress().getAddress().isLoopbackAddress()).isTrue();
			assertThat(this.session.getLocalAddress().getPort()).isEqualTo(gateway.port());
			assertThat(this.session.getTextMessageSizeLimit()).isEqualTo(64 * 1024);
			assertThat(this.session.getAttributes()).isEmpty();
			assertThat(this.session.getPrincipal()).isNull();
			assertThat(this.session.isOpen()).isTrue();
		}
	}

	@Test
	void sessionWhenConnectedThenItsPrincipalIsTheCallerAndItsIdStomps() throws InterruptedException {
		try (StompClient client = open("")) {
			client.sendConnect(gateway.token("ann"));
			assertThat(client.expect("CONNECTED").header("session")).isEqualTo(this.session.getId());
			assertThat(this.session.getPrincipal()).isNotNull();
			assertThat(this.session.getPrincipal().getName()).isEqualTo("ann");
		}
	}

	@Test
	void queryWhenItIsNoGoodUriThenTheSessionHasThePath() {
		RawWebSocket.open(gateway.port(), "/ws?a={b}", Map.of()).close();
		Await.until(() -> sessions.stream()
			.anyMatch((each) -> each.getUri().toString().equals("ws://localhost:" + gateway.port() + "/ws")));
	}

	@Test
	void messageWhenSentByTheSessionThenItLeavesInOrder() throws Exception {
		try (StompClient client = connect("ann")) {
			client.subscribe("a", "/topic/session.order");
			this.session.sendMessage(new TextMessage("\n"));
			this.session.sendMessage(new BinaryMessage("two".getBytes(StandardCharsets.US_ASCII)));
			this.session.sendMessage(new PingMessage(StandardCharsets.US_ASCII.encode("three")));
			assertThat(client.socket().read().text()).isEqualTo("\n");
			assertThat(client.socket().read()).extracting(Frame::opcode, Frame::text)
				.containsExactly(RawWebSocket.BINARY, "two");
			assertThat(client.socket().read()).extracting(Frame::opcode, Frame::text)
				.containsExactly(RawWebSocket.PING, "three");
			assertThatIllegalArgumentException().isThrownBy(
					() -> this.session.sendMessage(new PingMessage(StandardCharsets.US_ASCII.encode("x".repeat(126)))));
		}
	}

	@Test
	void messagesWhenThePeerTakesNoneThenTheSessionIsFullAndEnds() throws InterruptedException {
		try (StompClient client = connect("ann")) {
			TextMessage large = new TextMessage("x".repeat(512 * 1024));
			assertThatExceptionOfType(SessionLimitExceededException.class).isThrownBy(() -> {
				for (int i = 0; i < 1000; i++) {
					this.session.sendMessage(large);
				}
			});
			assertThat(this.session.isOpen()).isFalse();
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.session.sendMessage(large));
		}
	}

	@Test
	void sessionWhenClosedThenWhatIsQueuedLeavesAndThenTheClose() throws Exception {
		try (StompClient client = connect("ann")) {
			client.subscribe("a", "/user/topic/x");
			this.session.sendMessage(new TextMessage("\n"));
			this.session.close(new CloseStatus(4321, "moved"));
			assertThat(this.session.isOpen()).isFalse();
			assertThat(client.socket().read().text()).isEqualTo("\n");
			Frame close = client.socket().read();
			assertThat(close.closeStatus()).isEqualTo(4321);
			assertThat(close.closeReason()).isEqualTo("moved");
			// A second time changes nothing.
			this.session.close();
			client.answerClose();
			Await.until(() -> closed.containsKey(this.session.getId()));
			Await.until(() -> gateway.bean(Connections.class).ofUser("ann") == 0);
		}
	}

	@Test
	void sessionWhenClosedBeforeConnectThenItEndsLikewise() throws Exception {
		try (StompClient client = open("")) {
			this.session.close();
			assertThat(client.socket().read().closeStatus()).isEqualTo(1000);
		}
	}

	@Test
	void sessionWhenThePeerClosesThenTheHandlerHasItsStatus() throws InterruptedException {
		try (StompClient client = open("")) {
			client.socket().send(true, RawWebSocket.CLOSE, new byte[] { 0x0f, (byte) 0xa0 });
			Await.until(() -> closed.containsKey(this.session.getId()));
			assertThat(closed.get(this.session.getId())).isEqualTo(new CloseStatus(4000));
		}
	}

	@Test
	void handlerWhenGivenAWholeMessageThenItIsReadLikePieces() throws Exception {
		try (StompClient client = open("")) {
			gateway.bean(StompWebSocketHandler.class)
				.handleMessage(this.session, new TextMessage(
						"CONNECT\naccept-version:1.2\nAuthorization:Bearer " + gateway.token("ben") + "\n\n\0"));
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ben");
		}
	}

	@Test
	void decoratorWhenItFailsThenTheConnectionEndsAndNoOther() {
		Connections connections = gateway.bean(Connections.class);
		Await.until(() -> connections.pending() == 0);
		try (StompClient client = new StompClient(RawWebSocket.open(gateway.port(), "/ws?fail", Map.of()))) {
			assertThat(client.expectError("internal_error", 4017).header("incident")).hasSize(8);
		}
		Await.until(() -> connections.pending() == 0);
		connect("ann").close();
	}

	/**
	 * Jetty may be about to cut a connection for room while its handshake is answered.
	 */
	@Test
	void socketWhenItGoesBeforeItIsOpenThenLeavesNoCountBehind() {
		Connections connections = gateway.bean(Connections.class);
		Await.until(() -> connections.pending() == 0 && connections.size() == 0);
		StompConnection gone = gateway.bean(StompGateway.class)
			.newConnection(new StandardWebSocketSession(null, null, null, null),
					new Handshake("198.51.100.7", "http://localhost", "/ws", null, null, null, null, null));
		gone.events().onClosed(1006);
		assertThat(connections.pending()).isZero();
		gone.events().onOpen(new ForgetfulSocket());
		assertThat(connections.pending()).isZero();
		assertThat(connections.pendingOf(gone.address())).isZero();
		assertThat(connections.size()).isZero();
	}

	@Test
	void decoratorWhenItClosesBeforeItsHandlerIsToldThenTheSessionSendsWhatItHasAndEnds() {
		Connections connections = gateway.bean(Connections.class);
		Await.until(() -> connections.pending() == 0);
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws?refuse", Map.of())) {
			assertThat(new String(socket.read().payload(), StandardCharsets.UTF_8)).isEqualTo("not today");
			assertThat(socket.read().closeStatus()).isEqualTo(4321);
		}
		Await.until(() -> connections.pending() == 0 && connections.size() == 0);
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
					if (String.valueOf(session.getUri()).endsWith("?refuse")) {
						session.sendMessage(new TextMessage("not today"));
						session.close(new CloseStatus(4321));
					}
					super.afterConnectionEstablished(new WebSocketSessionDecorator(session));
				}

				@Override
				public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
					closed.put(session.getId(), status);
					super.afterConnectionClosed(session, status);
				}
			};
		}

	}

}
