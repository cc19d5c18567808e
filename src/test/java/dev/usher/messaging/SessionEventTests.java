package dev.usher.messaging;

import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.usher.socket.SessionEventListener;
import dev.usher.testing.Await;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import extension.SessionLog;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.simp.user.SimpSubscription;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** What code of others is told of sessions, and what it can ask. */
class SessionEventTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private final SimpUserRegistry users = gateway.bean(SimpUserRegistry.class);

	@Test
	void sessionWhenItComesAndGoesThenItsEventsComeInOrder() throws Exception {
		try (StompClient client = gateway.connect("eve", "tenant:acme")) {
			client.subscribe("1", "/topic/events");
			client.sendAndWait("UNSUBSCRIBE", "id:1");
			client.sendAndWait("DISCONNECT");
		}
		BlockingQueue<String> events = gateway.bean(SessionLog.class).of("eve");
		String attributes = "{tenant=acme}";
		assertThat(next(events)).isEqualTo("SessionConnectEvent null null " + attributes + " true");
		assertThat(next(events)).isEqualTo("SessionConnectedEvent null null " + attributes + " with its CONNECT true");
		assertThat(next(events)).isEqualTo("SessionSubscribeEvent /topic/events 1 " + attributes + " true");
		assertThat(next(events)).isEqualTo("SessionUnsubscribeEvent null 1 " + attributes + " true");
		assertThat(next(events)).isEqualTo("SessionDisconnectEvent null null " + attributes + " 1000 true");
		assertThat(events).isEmpty();
	}

	@Test
	void sessionWhenItIsRefusedThenNoEventTellsOfIt() throws Exception {
		try (StompClient client = gateway.connect("zoe")) {
			client.send("SUBSCRIBE", "id:1", "destination:/user/ben/topic/private");
			client.expectError("forbidden", 4504);
		}
		try (StompClient client = gateway.open()) {
			client.sendConnect("no token").expectError("unauthorized", 4502);
		}
		BlockingQueue<String> events = gateway.bean(SessionLog.class).of("zoe");
		assertThat(next(events)).startsWith("SessionConnectEvent");
		assertThat(next(events)).startsWith("SessionConnectedEvent");
		assertThat(next(events)).startsWith("SessionDisconnectEvent").contains("4504");
		assertThat(gateway.bean(SessionLog.class).of("")).isEmpty();
	}

	private static String next(BlockingQueue<String> events) throws InterruptedException {
		String next = events.poll(30, TimeUnit.SECONDS);
		assertThat(next).as("an event").isNotNull();
		return next;
	}

	@Test
	void eventsWhenNobodyListensThenNoneIsMade() {
		assertThat(gateway.bean(SessionEventListener.class).hears(SessionConnectEvent.class)).isTrue();
		SessionEventListener nobodys = SharedGateway.get().bean(SessionEventListener.class);
		assertThat(nobodys.hears(SessionConnectEvent.class)).isFalse();
		assertThat(nobodys.hears(SessionDisconnectEvent.class)).isFalse();
	}

	@Test
	void registryWhenAskedThenItKnowsWhoIsConnectedAndToWhat() {
		assertThat(this.users.getUser("reg")).isNull();
		try (StompClient one = gateway.connect("reg"); StompClient two = gateway.connect("reg")) {
			one.subscribe("a", "/topic/registry");
			two.subscribe("b", "/user/queue/registry");
			SimpUser user = this.users.getUser("reg");
			assertThat(user).isNotNull();
			assertThat(user.getSessions()).hasSize(2).allMatch((session) -> session.getUser().equals(user));
			assertThat(user.getPrincipal().getName()).isEqualTo("reg");
			assertThat(this.users.getUsers()).contains(user);
			assertThat(this.users.getUserCount()).isEqualTo(this.users.getUsers().size());
			Set<String> found = this.users
				.findSubscriptions((subscription) -> subscription.getDestination().endsWith("registry"))
				.stream()
				.map((SimpSubscription each) -> each.getId() + " " + each.getDestination())
				.collect(Collectors.toSet());
			assertThat(found).containsExactlyInAnyOrder("a /topic/registry", "b /user/queue/registry");
		}
		Await.until(() -> this.users.getUser("reg") == null);
	}

}
