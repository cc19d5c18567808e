package dev.usher.messaging;

import java.lang.reflect.Type;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.TestGateway;
import extension.Greetings.Greeting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSession.Receiptable;
import org.springframework.messaging.simp.stomp.StompSession.Subscription;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Spring's client and Spring's model of a server, with the gateway between them. */
class SpringClientRoundTripTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private final BlockingQueue<Greeting> greetings = new LinkedBlockingQueue<>();

	private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

	private StompSession connect(String user) throws Exception {
		WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
		client.setMessageConverter(new JacksonJsonMessageConverter());
		client.setTaskScheduler(new SimpleAsyncTaskScheduler());
		StompHeaders headers = new StompHeaders();
		headers.add("Authorization", "Bearer " + gateway.token(user));
		headers.add("tenant", "acme");
		StompSession session = client
			.connectAsync("ws://localhost:" + gateway.port() + "/ws", new WebSocketHttpHeaders(), headers,
					new Handler())
			.get(20, TimeUnit.SECONDS);
		session.setAutoReceipt(true);
		return session;
	}

	private static void await(Receiptable frame) throws Exception {
		CompletableFuture<Boolean> receipt = new CompletableFuture<>();
		frame.addReceiptTask(() -> receipt.complete(true));
		frame.addReceiptLostTask(() -> receipt.complete(false));
		assertThat(receipt.get(20, TimeUnit.SECONDS)).isTrue();
	}

	private String next() throws InterruptedException {
		Greeting next = this.greetings.poll(20, TimeUnit.SECONDS);
		assertThat(next).as("a greeting").isNotNull();
		return next.greetingText();
	}

	@Test
	void sessionWhenItSendsToAMethodThenItHearsTheAnswer() throws Exception {
		StompSession session = connect("kim");
		await(session.subscribe("/user/topic/greetings", new Handler()));
		await(session.send("/app/greet/lee", new Greeting("Hello")));
		assertThat(next()).isEqualTo("Hello lee from kim of acme TenantUser null");
		session.disconnect();
		assertThat(this.failures).isEmpty();
	}

	@Test
	void sessionWhenItSubscribesToAMethodThenItIsAnsweredAndMayLeave() throws Exception {
		StompSession session = connect("kim");
		Subscription subscription = session.subscribe("/app/snapshot/3", new Handler());
		assertThat(next()).isEqualTo("snapshot 3");
		subscription.unsubscribe();
		await(session.send("/app/greet/lee", new Greeting("x")));
		assertThat(session.isConnected()).isTrue();
		session.disconnect();
	}

	@Test
	void sessionWhenTheServerSendsByTheTemplateThenItGetsThat() throws Exception {
		StompSession session = connect("kim");
		await(session.subscribe("/topic/from.server", new Handler()));
		await(session.subscribe("/user/queue/from.server", new Handler()));
		SimpMessagingTemplate template = gateway.bean(SimpMessagingTemplate.class);
		template.convertAndSend("/topic/from.server", new Greeting("to all"));
		assertThat(next()).isEqualTo("to all");
		template.convertAndSendToUser("kim", "/queue/from.server", new Greeting("to one"));
		assertThat(next()).isEqualTo("to one");
		session.disconnect();
	}

	private final class Handler extends StompSessionHandlerAdapter {

		@Override
		public Type getPayloadType(StompHeaders headers) {
			return Greeting.class;
		}

		@Override
		public void handleFrame(StompHeaders headers, @Nullable Object payload) {
			if (payload instanceof Greeting greeting) {
				SpringClientRoundTripTests.this.greetings.add(greeting);
			}
		}

		@Override
		public void handleTransportError(StompSession session, Throwable exception) {
			SpringClientRoundTripTests.this.failures.add(exception);
		}

	}

}
