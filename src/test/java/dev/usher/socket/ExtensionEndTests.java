package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import dev.usher.token.Revocation;
import dev.usher.token.Revocations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Code of others at the end of a session, and code that fails: the session ends whole.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExtensionEndTests {

	private static final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private static final AtomicInteger destroyed = new AtomicInteger();

	/** What a decorator was told. */
	private static final BlockingQueue<String> told = new LinkedBlockingQueue<>();

	private static volatile CountDownLatch hanging = new CountDownLatch(0);

	private static volatile CountDownLatch opening = new CountDownLatch(0);

	private static volatile boolean failing;

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
		failing = false;
		Await.until(() -> connections().size() == 0);
		events.clear();
		told.clear();
	}

	private static Connections connections() {
		return gateway.bean(Connections.class);
	}

	@Test
	void listenerWhenItFailsOnRevocationsThenAllOfThemAreInForce() {
		failing = true;
		Revocations revocations = gateway.bean(Revocations.class);
		try (StompClient ona = gateway.connect("ona"); StompClient una = gateway.connect("una")) {
			new TransactionTemplate(gateway.bean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
				revocations.revoke(revocations.lasting(Revocation.Kind.USER, "ona", null));
				revocations.revoke(revocations.lasting(Revocation.Kind.USER, "una", null));
			});
			ona.expectError("revoked", 4503);
			una.expectError("revoked", 4503);
		}
	}

	@Test
	void decoratorWhenItFailsAtTheEndThenTheConnectionIsForgottenAllTheSame() {
		failing = true;
		try (StompClient client = gateway.connect("lea")) {
			client.subscribe("1", "/topic/x");
			assertThat(connections().ofUser("lea")).isOne();
		}
		Await.until(() -> connections().size() == 0);
		assertThat(connections().ofUser("lea")).isZero();
		Await.until(() -> events.contains("SessionDisconnectEvent lea"));
		assertThat(events.stream().filter("SessionDisconnectEvent lea"::equals)).hasSize(1);
	}

	@Test
	void decoratorWhenItFailsAtTheBeginningThenTheClientIsToldAndTheLogHasTheIncident(CapturedOutput output) {
		try (StompClient client = new StompClient(RawWebSocket.open(gateway.port(), "/ws?fail", Map.of()))) {
			String incident = client.expectError("internal_error", 4017).header("incident");
			Await.until(() -> output.getAll().contains("incident " + incident));
		}
		Await.until(() -> connections().size() == 0);
	}

	/** Four sessions hold all of its threads, and the time of all others goes on. */
	@Test
	void decoratorWhenItHangsAtTheEndThenItHoldsUpNeitherTheTimeNorOtherConnections() {
		hanging = new CountDownLatch(1);
		try (StompClient bea = gateway.connect("bea", "heart-beat:0,1000")) {
			List<StompClient> silent = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				silent.add(gateway.connect("hangs", "heart-beat:1000,0"));
			}
			for (StompClient each : silent) {
				each.expectError("heartbeat_lost", 4016);
				each.close();
			}
			Await.until(() -> told.stream().filter("end hangs"::equals).count() == 4);
			assertThat(bea.socket().read().text()).isEqualTo("\n");
			bea.expectNothing();
			assertThat(connections().ofUser("hangs")).isZero();
		}
		finally {
			hanging.countDown();
		}
		Await.until(() -> told.contains("end bea"));
	}

	@Test
	void decoratorWhenTheSocketGoesWhileItIsToldOfTheOpeningThenIsToldOfTheEndBehindIt() throws Exception {
		opening = new CountDownLatch(1);
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws?slow", Map.of())) {
			Await.until(() -> told.contains("opening"));
			connections().all().forEach((each) -> each.outlet().cut());
			Await.until(() -> connections().size() == 0);
			assertThat(toldOfTheSlow()).containsExactly("opening");
			opening.countDown();
			Await.until(() -> told.contains("end slow"));
			assertThat(toldOfTheSlow()).containsExactly("opening", "opened", "end slow");
		}
		finally {
			opening.countDown();
		}
	}

	/** Of the session of a test before, the end may be told only now. */
	private static List<String> toldOfTheSlow() {
		return told.stream().filter(List.of("opening", "opened", "end slow")::contains).toList();
	}

	@Test
	void sessionWhenItEndsWhileItsSubscribeTakesEffectThenNoEventComesBehindThatOfItsEnd() {
		try (StompClient client = gateway.connect("cut")) {
			client.send("SUBSCRIBE", "id:1", "destination:/topic/x", "act:cut");
			Await.until(() -> events.contains("SessionDisconnectEvent cut"));
		}
		try (StompClient client = gateway.connect("ben")) {
			client.sendAndWait("DISCONNECT");
		}
		// One thread publishes them all, so whatever was behind that end is here too.
		Await.until(() -> events.contains("SessionDisconnectEvent ben"));
		assertThat(events.stream().filter((event) -> event.endsWith("cut"))).containsExactly("SessionConnectEvent cut",
				"SessionDisconnectEvent cut");
	}

	@Test
	void sessionWhenItsConnectIsRefusedThenWhatWasKeptWithItIsDestroyed() {
		int before = destroyed.get();
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + gateway.token("ann"), "act:keep");
			client.expectError("internal_error", 4017);
		}
		Await.until(() -> destroyed.get() == before + 1);
	}

	@Test
	void headerWhenAddedInThePlaceOfACredentialThenItIsTaken() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/x");
			client.send("SEND", "destination:/topic/x", "Authorization:Bearer " + gateway.token("ann"), "act:replace");
			assertThat(client.expect("MESSAGE").header("tenant")).isEqualTo("acme");
		}
	}

	@Test
	void sessionWhenItsPathIsNoUriThenItsAddressIsStillThere() {
		try (StompClient client = new StompClient(RawWebSocket.open(gateway.port(), "/ws;[", Map.of()))) {
			client.sendConnect(gateway.token("ann")).expect("CONNECTED");
		}
	}

	/** Classes of others, in a jar of theirs. */
	static class Beans {

		@Bean
		WebSocketHandlerDecoratorFactory failing() {
			return Failing::new;
		}

		@Bean
		ChannelInterceptor acting(ObjectProvider<Connections> connections) {
			return new Acting(connections);
		}

		@EventListener
		void on(Revocation revocation) {
			if (failing) {
				throw new IllegalStateException("It was told to fail");
			}
		}

		@EventListener
		void on(AbstractSubProtocolEvent event) {
			String name = event.getClass().getSimpleName();
			if (event.getUser() != null && !name.equals("SessionConnectedEvent")) {
				events.add(name + " " + event.getUser().getName());
			}
		}

	}

	private static final class Failing extends WebSocketHandlerDecorator {

		Failing(WebSocketHandler handler) {
			super(handler);
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) throws Exception {
			if (String.valueOf(session.getUri()).endsWith("?fail")) {
				throw new NoClassDefFoundError("a library of the extension");
			}
			if (isSlow(session)) {
				told.add("opening");
				opening.await();
				told.add("opened");
			}
			super.afterConnectionEstablished(session);
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
			if (failing) {
				throw new NoClassDefFoundError("a library of the extension");
			}
			String user = (session.getPrincipal() != null) ? session.getPrincipal().getName() : null;
			told.add("end " + (isSlow(session) ? "slow" : user));
			if ("hangs".equals(user)) {
				hanging.await();
			}
			super.afterConnectionClosed(session, status);
		}

	}

	private static boolean isSlow(WebSocketSession session) {
		return String.valueOf(session.getUri()).endsWith("?slow");
	}

	/** Does what the header says. */
	private record Acting(ObjectProvider<Connections> connections) implements ChannelInterceptor {

		@Override
		public Message<?> preSend(Message<?> message, MessageChannel channel) {
			StompHeaderAccessor headers = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
			String act = headers.getFirstNativeHeader("act");
			if ("keep".equals(act)) {
				SimpAttributes.fromMessage(message).registerDestructionCallback("kept", destroyed::incrementAndGet);
				throw new IllegalStateException("refused");
			}
			if ("replace".equals(act)) {
				headers.removeNativeHeader("Authorization");
				headers.addNativeHeader("tenant", "acme");
			}
			return message;
		}

		@Override
		public void postSend(Message<?> message, MessageChannel channel, boolean sent) {
			StompHeaderAccessor headers = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
			if ("cut".equals(headers.getFirstNativeHeader("act"))) {
				this.connections.getObject().connected(headers.getSessionId()).outlet().cut();
			}
		}

	}

}
