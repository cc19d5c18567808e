package dev.usher.socket;

import java.lang.reflect.Type;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TestGateway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSession.Receiptable;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

import static org.assertj.core.api.Assertions.assertThat;

/** A client nobody of us wrote: Spring's own. */
class SpringClientTests {

	private static final TestGateway gateway = SharedGateway.get();

	private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

	private final BlockingQueue<StompHeaders> errors = new LinkedBlockingQueue<>();

	private final CompletableFuture<StompHeaders> connected = new CompletableFuture<>();

	private final CompletableFuture<Throwable> lost = new CompletableFuture<>();

	private StompSession connect(StompHeaders headers) throws Exception {
		WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
		client.setMessageConverter(new StringMessageConverter());
		client.setTaskScheduler(new SimpleAsyncTaskScheduler());
		return client
			.connectAsync("ws://localhost:" + gateway.port() + "/ws", new WebSocketHttpHeaders(), headers,
					new Handler())
			.get(30, TimeUnit.SECONDS);
	}

	private static StompHeaders credentials(String user) {
		StompHeaders headers = new StompHeaders();
		headers.add("Authorization", "Bearer " + gateway.token(user));
		return headers;
	}

	private static void await(Receiptable frame) throws Exception {
		CompletableFuture<Boolean> receipt = new CompletableFuture<>();
		frame.addReceiptTask(() -> receipt.complete(true));
		frame.addReceiptLostTask(() -> receipt.complete(false));
		assertThat(receipt.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void clientWhenItsTokenIsGoodThenItSubscribesSendsAndReceives() throws Exception {
		StompSession session = connect(credentials("ann"));
		session.setAutoReceipt(true);
		assertThat(this.connected.get(30, TimeUnit.SECONDS).getFirst("user-name")).isEqualTo("ann");
		StompSession.Subscription own = session.subscribe("/user/topic/spring", new Handler());
		await(own);
		await(session.subscribe("/topic/spring", new Handler()));
		await(session.send("/user/ann/topic/spring", "mine"));
		assertThat(this.messages.poll(30, TimeUnit.SECONDS)).isEqualTo("mine");
		await(session.send("/topic/spring", "everybody's \u00e9\u20ac"));
		assertThat(this.messages.poll(30, TimeUnit.SECONDS)).isEqualTo("everybody's \u00e9\u20ac");
		own.unsubscribe();
		await(session.send("/user/ann/topic/spring", "nobody's"));
		assertThat(this.messages).isEmpty();
		session.disconnect();
		Await.until(() -> !session.isConnected());
		assertThat(this.errors).isEmpty();
	}

	@Test
	void clientWhenItAcknowledgesThenThatIsUnderstood() throws Exception {
		StompSession session = connect(credentials("ann"));
		session.setAutoReceipt(true);
		StompHeaders headers = new StompHeaders();
		headers.setDestination("/topic/spring.ack");
		headers.setAck("client-individual");
		await(session.subscribe(headers, new Handler()));
		session.send("/topic/spring.ack", "one");
		this.messages.poll(30, TimeUnit.SECONDS);
		await(session.acknowledge(this.lastHeaders.getAck(), true));
		assertThat(this.errors).isEmpty();
		session.disconnect();
	}

	@Test
	void clientWhenItIsForbiddenThenItIsToldWhy() throws Exception {
		StompSession session = connect(credentials("ann"));
		session.subscribe("/user/ben/topic/private", new Handler());
		StompHeaders error = this.errors.poll(30, TimeUnit.SECONDS);
		assertThat(error).isNotNull();
		assertThat(error.getFirst("code")).isEqualTo("forbidden");
		assertThat(error.getFirst("retry")).isEqualTo("no");
		this.lost.get(30, TimeUnit.SECONDS);
	}

	@Test
	void clientWhenItHasNoTokenThenItIsToldToLogIn() throws Exception {
		CompletableFuture<?> refused = CompletableFuture.supplyAsync(() -> {
			try {
				return connect(new StompHeaders());
			}
			catch (Exception ex) {
				return ex;
			}
		});
		StompHeaders error = this.errors.poll(30, TimeUnit.SECONDS);
		assertThat(error).isNotNull();
		assertThat(error.getFirst("code")).isEqualTo("unauthorized");
		assertThat(error.getFirst("retry")).isEqualTo("login");
		assertThat(refused.get(30, TimeUnit.SECONDS)).isInstanceOf(Exception.class);
	}

	private volatile StompHeaders lastHeaders = new StompHeaders();

	private final class Handler extends StompSessionHandlerAdapter implements StompFrameHandler {

		@Override
		public void afterConnected(StompSession session, StompHeaders headers) {
			SpringClientTests.this.connected.complete(headers);
		}

		@Override
		public Type getPayloadType(StompHeaders headers) {
			return String.class;
		}

		@Override
		public void handleFrame(StompHeaders headers, @Nullable Object payload) {
			if (headers.containsKey("code")) {
				SpringClientTests.this.errors.add(headers);
			}
			else {
				SpringClientTests.this.lastHeaders = headers;
				SpringClientTests.this.messages.add(String.valueOf(payload));
			}
		}

		@Override
		public void handleTransportError(StompSession session, Throwable exception) {
			SpringClientTests.this.lost.complete(exception);
		}

	}

}
