package dev.usher.messaging;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;
import dev.usher.publish.Publication;
import dev.usher.publish.Published;
import dev.usher.publish.Publisher;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import extension.Greetings.Greeting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the server sends by Spring's template. */
class TemplateTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private final SimpMessageSendingOperations template = gateway.bean(SimpMessageSendingOperations.class);

	@Test
	void topicWhenSentToThenSubscribersGetItWithItsHeaders() {
		try (StompClient client = gateway.connect("tess")) {
			client.subscribe("1", "/topic/template");
			this.template.convertAndSend("/topic/template", new Greeting("hello"),
					Map.of("mood", "good", "sender", "mallory", "message-id", "mine"));
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("{\"greetingText\":\"hello\"}");
			assertThat(message.header("content-type")).isEqualTo("application/json");
			assertThat(message.header("mood")).isEqualTo("good");
			assertThat(message.header("sender")).isNull();
			assertThat(message.header("message-id")).isNotEqualTo("mine");
			this.template.convertAndSend("/topic/template", "text");
			assertThat(client.expect("MESSAGE").header("content-type")).startsWith("text/plain");
			this.template.send("/topic/template", new GenericMessage<>(new byte[] { 'b', 0, 'y' }));
			assertThat(client.expect("MESSAGE").body()).containsExactly('b', 0, 'y');
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tess", "auth0|5f7c", "ann@example.org", "a/b", "50%", "per%2Fcent" })
	void userWhenSentToThenEachOfTheirConnectionsGetsIt(String name) {
		try (StompClient one = gateway.connect(name);
				StompClient two = gateway.connect(name);
				StompClient other = gateway.connect("other")) {
			for (StompClient client : new StompClient[] { one, two, other }) {
				client.subscribe("1", "/user/topic/news");
			}
			this.template.convertAndSendToUser(name, "/topic/news", "for you");
			assertThat(one.expect("MESSAGE").text()).isEqualTo("for you");
			assertThat(two.expect("MESSAGE").header("destination")).isEqualTo("/user/topic/news");
			other.expectNothing();
		}
	}

	@Test
	void storedDestinationWhenSentToThenItIsKeptUntilItIsRead() {
		SimpMessagingTemplate patient = new SimpMessagingTemplate(
				gateway.bean(SimpMessagingTemplate.class).getMessageChannel());
		patient.setSendTimeout(TimeUnit.SECONDS.toMillis(30));
		patient.convertAndSendToUser("stored-tess", "/queue/mail", "kept");
		try (StompClient client = gateway.connect("stored-tess")) {
			client.subscribe("1", "/user/queue/mail", "offset:0");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("kept");
			assertThat(message.header("offset")).isEqualTo("1");
			this.template.convertAndSendToUser("stored-tess", "/queue/mail", "next");
			assertThat(client.expect("MESSAGE").header("offset")).isEqualTo("2");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/*", "/elsewhere", "/user/topic/x", "/user/tess/topic/session", "/app/all", "" })
	void destinationWhenItIsNoneThenTheSenderIsTold(String destination) {
		assertThatExceptionOfType(MessagingException.class)
			.isThrownBy(() -> this.template.convertAndSend(destination, "x"))
			.withCauseInstanceOf(RefusedException.class);
	}

	@Test
	void headerWhenItsNameIsNotPlainThenTheSenderIsTold() {
		assertThatExceptionOfType(MessageDeliveryException.class)
			.isThrownBy(() -> this.template.convertAndSend("/topic/x", "x", Map.of("two words", "x")))
			.withCauseInstanceOf(RefusedException.class);
	}

	@Test
	void sendWhenItIsNotWaitedForLongEnoughThenItThrows() {
		SimpMessagingTemplate hasty = new SimpMessagingTemplate(
				gateway.bean(SimpMessagingTemplate.class).getMessageChannel());
		hasty.setSendTimeout(TimeUnit.SECONDS.toMillis(30));
		hasty.convertAndSendToUser("hasty", "/queue/mail", "x");
		hasty.setSendTimeout(0);
		JdbcTemplate rows = gateway.bean(JdbcTemplate.class);
		new TransactionTemplate(gateway.bean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
			// Whoever stores for this user waits until it is over.
			assertThat(rows.queryForList("SELECT id FROM inbox_logs WHERE owner = 'hasty' FOR UPDATE")).hasSize(1);
			assertThatExceptionOfType(MessageDeliveryException.class)
				.isThrownBy(() -> hasty.convertAndSendToUser("hasty", "/queue/mail", "x"))
				.withMessageContaining("timeout");
		});
	}

	@Test
	void sendWhenItWouldHoldUpAThreadThatReadsThenItThrows() {
		BrokerChannel channel = new BrokerChannel(gateway.bean(Publisher.class),
				new SessionTargets(gateway.bean(SimpUserRegistry.class), (message, timeout) -> true), () -> true);
		SimpMessagingTemplate waiting = new SimpMessagingTemplate(channel);
		waiting.convertAndSend("/topic/reading", "x");
		waiting.setSendTimeout(1000);
		assertThatExceptionOfType(MessageDeliveryException.class)
			.isThrownBy(() -> waiting.convertAndSend("/topic/reading", "x"))
			.withMessageContaining("reads the frames of clients");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/one", "/queue/one" })
	void sessionWhenNamedThenItAloneGetsTheMessage(String destination) {
		try (StompClient one = gateway.connect("sue"); StompClient two = gateway.connect("sue")) {
			one.subscribe("chosen", "/user" + destination, "ack:client");
			two.subscribe("rest", "/user" + destination);
			String session = gateway.bean(SimpUserRegistry.class)
				.findSubscriptions(
						(each) -> each.getId().equals("chosen") && each.getDestination().equals("/user" + destination))
				.iterator()
				.next()
				.getSession()
				.getId();
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create();
			headers.setSessionId(session);
			headers.setLeaveMutable(true);
			this.template.convertAndSendToUser("sue", destination, "one", headers.getMessageHeaders());
			this.template.convertAndSendToUser(session, destination, "two", headers.getMessageHeaders());
			this.template.convertAndSendToUser("sue", destination, "all");
			StompFrame message = one.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("one");
			assertThat(one.expect("MESSAGE").text()).isEqualTo("two");
			assertThat(one.expect("MESSAGE").text()).isEqualTo("all");
			one.sendAndWait("ACK", "id:" + message.header("ack"));
			assertThat(two.expect("MESSAGE").text()).isEqualTo("all");
		}
	}

	@Test
	void publisherWhenUsedThenItTellsTheOffset() throws Exception {
		Publisher publisher = gateway.bean(Publisher.class);
		Publication publication = new Publication("/user/paul/queue/own", "id-1", null, Map.of(), new byte[] { 'x' },
				null);
		Published first = publisher.publish(publication).toCompletableFuture().get(30, TimeUnit.SECONDS);
		Published again = publisher.publish(publication).toCompletableFuture().get(30, TimeUnit.SECONDS);
		assertThat(first.offset()).isEqualTo(1);
		assertThat(again.repeated()).isTrue();
		assertThat(again.offset()).isEqualTo(1);
		assertThat(first.destination()).isEqualTo(Destination.forPublish("/user/paul/queue/own"));
	}

	@Test
	void brokerChannelWhenSentToThenThatPublishes() {
		try (StompClient client = gateway.connect("tess")) {
			client.subscribe("1", "/topic/channel");
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create();
			headers.setDestination("/topic/channel");
			headers.setNativeHeader("mood", "good");
			Message<byte[]> message = new GenericMessage<>(new byte[] { 'x' }, headers.getMessageHeaders());
			gateway.bean(SimpMessagingTemplate.class).getMessageChannel().send(message);
			assertThat(client.expect("MESSAGE").header("mood")).isEqualTo("good");
		}
	}

}
