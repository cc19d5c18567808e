package dev.usher.socket;

import java.time.Duration;
import java.util.Map;

import dev.usher.bus.Bus;
import dev.usher.protocol.Destination;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the gateway is for: connect as oneself, receive what is one's own. */
class MainJobTests {

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@Test
	void connectedWhenTokenIsGoodThenSaysWhoAndHowLong() {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "heart-beat:0,0");
			StompFrame connected = client.expect("CONNECTED");
			assertThat(connected.headers()).containsEntry("version", "1.2")
				.containsEntry("user-name", "ann")
				.containsEntry("expires-in", "900")
				.containsEntry("heart-beat", "10000,10000")
				.containsKeys("session", "server");
		}
	}

	@Test
	void messageWhenSentToUserThenReachesThatUserAlone() {
		try (StompClient ann = gateway.connect("ann"); StompClient ben = gateway.connect("ben")) {
			ann.subscribe("a", "/user/topic/news");
			ben.subscribe("b", "/user/topic/news");
			ben.publish("/user/ann/topic/news", "hello");
			StompFrame message = ann.expect("MESSAGE");
			assertThat(message.headers()).containsEntry("destination", "/user/topic/news")
				.containsEntry("subscription", "a")
				.containsEntry("content-length", "5")
				.containsKey("message-id");
			assertThat(message.text()).isEqualTo("hello");
			ben.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/usher.stats", "/queue/usher.events", "/user/ann/topic/usher.x",
			"/user/ben/queue/usher.x/y" })
	void publishWhenTheNameIsTheGatewaysThenIsForbidden(String to) {
		try (StompClient ann = gateway.connect("ann")) {
			ann.send("SEND", "destination:" + to, "receipt:r").expectError("forbidden", 4504);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/usher.stats", "/queue/usher.events" })
	void subscribeWhenTheNameIsTheGatewaysThenIsForbidden(String to) {
		try (StompClient ann = gateway.connect("ann")) {
			ann.send("SUBSCRIBE", "id:s", "destination:" + to, "receipt:r").expectError("forbidden", 4504);
		}
	}

	@Test
	void subscribeWhenTheNameIsTheGatewaysButOnesOwnThenIsAllowed() {
		try (StompClient ann = gateway.connect("ann")) {
			ann.subscribe("s", "/user/topic/usher.x").subscribe("t", "/user/queue/usher.x").expectNothing();
		}
	}

	@Test
	void messageWhenTopicIsSharedThenReachesAllSubscribers() {
		try (StompClient ann = gateway.connect("ann"); StompClient ben = gateway.connect("ben")) {
			ann.subscribe("a", "/topic/all");
			ben.subscribe("b", "/topic/all");
			ben.publish("/topic/all", "one").publish("/topic/all", "two");
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("one");
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("two");
			assertThat(ben.expect("MESSAGE").header("subscription")).isEqualTo("b");
		}
	}

	@Test
	void messageWhenUnsubscribedThenNoneComes() {
		try (StompClient ann = gateway.connect("ann")) {
			ann.subscribe("a", "/topic/gone").sendAndWait("UNSUBSCRIBE", "id:a");
			ann.publish("/topic/gone", "nobody").expectNothing();
		}
	}

	@Test
	void userWhenListeningHereThenIsHeardWithoutALookUntilTheEnd() {
		Bus bus = gateway.bean(Bus.class);
		Destination news = Destination.forPublish("/user/heard/topic/news");
		try (StompClient heard = gateway.connect("heard")) {
			assertThat(bus.isHeard(news)).isFalse();
			heard.subscribe("a", "/user/topic/news");
			assertThat(bus.isHeard(news)).isTrue();
			assertThat(bus.isHeard(Destination.forPublish("/user/heard/topic/other"))).isFalse();
			assertThat(bus.isHeard(Destination.forPublish("/user/unheard/topic/news"))).isFalse();
			heard.sendAndWait("UNSUBSCRIBE", "id:a");
			assertThat(bus.isHeard(news)).isFalse();
		}
	}

	@Test
	void disconnectWhenReceiptAskedThenReceiptComesBeforeNormalClose() {
		try (StompClient ann = gateway.connect("ann")) {
			ann.sendAndWait("DISCONNECT");
			ann.expectClose(1000, "");
			ann.answerClose();
			assertThat(ann.socket().isCut()).isTrue();
		}
	}

	@Test
	void tokenWhenItExpiresThenConnectionEndsAndNothingIsDelivered() {
		try (StompClient ann = StompClient.connect(gateway.port(),
				gateway.token("ann", Duration.ofSeconds(20), Map.of())); StompClient ben = gateway.connect("ben")) {
			ann.subscribe("a", "/user/topic/late");
			gateway.clock().advance(Duration.ofSeconds(20));
			ben.publish("/user/ann/topic/late", "too late");
			ann.expectError("token_expired", 4012);
		}
	}

}
