package dev.usher.socket;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Two gateways that share a database and a Redis: live messages between them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoNodesTests {

	private static TwoGateways both;

	private static TestGateway one;

	private static TestGateway other;

	@BeforeAll
	static void start() {
		both = new TwoGateways();
		one = both.one();
		other = both.other();
	}

	@AfterAll
	static void end() {
		both.close();
	}

	@Test
	@Order(1)
	void messageWhenItsSubscriberIsOnAnotherNodeThenArrivesWholeAndBothAreToldOfTheCluster() {
		try (StompClient alice = one.connect("alice"); StompClient bob = other.connect("bob|ü")) {
			subscribeAcross(bob, "/user/topic/chat");
			int last = untilCluster((time) -> {
				StompFrame receipt = alice.receipt(StompFrame
					.of("SEND", "destination:/user/bob|ü/topic/chat", "content-type:text/plain", "mood:good")
					.body("hello " + time));
				assertThat(receipt.headers()).doesNotContainKey("delivered");
				return receipt.header("reach");
			});
			StompFrame message = expect(bob, "hello " + last);
			assertThat(message.header("destination")).isEqualTo("/user/topic/chat");
			assertThat(message.header("content-type")).isEqualTo("text/plain");
			assertThat(message.header("mood")).isEqualTo("good");
			assertThat(message.header("sender")).isEqualTo("alice");
		}
	}

	/**
	 * Asks again while the answer is {@code node}: it is right where the engine has not
	 * confirmed in time, as on a machine that stalls.
	 * @param reach is told how many times it was asked before
	 * @return what it was told last
	 */
	private static int untilCluster(IntFunction<String> reach) {
		AtomicInteger times = new AtomicInteger();
		Await.until(() -> {
			String answer = reach.apply(times.getAndIncrement());
			assertThat(answer).isIn("cluster", "node");
			return answer.equals("cluster");
		});
		return times.get() - 1;
	}

	/** Subscribes until messages of the other node arrive too. */
	private static void subscribeAcross(StompClient client, String destination) {
		untilCluster((time) -> {
			if (time > 0) {
				client.sendAndWait("UNSUBSCRIBE", "id:s");
			}
			return subscribe(client, "s", destination).header("reach");
		});
	}

	/**
	 * The message of this body; those that only the node had confirmed may come before.
	 */
	private static StompFrame expect(StompClient client, String body) {
		StompFrame message = client.expect("MESSAGE");
		while (!message.text().equals(body)) {
			message = client.expect("MESSAGE");
		}
		return message;
	}

	private static StompFrame subscribe(StompClient client, String id, String destination) {
		return client.receipt(StompFrame.of("SUBSCRIBE", "id:" + id, "destination:" + destination));
	}

	@Test
	@Order(2)
	void messagesWhenOnePublisherSendsManyThenArriveOnBothNodesInOrderAndOnce() {
		try (StompClient alice = one.connect("alice");
				StompClient here = one.connect("carol");
				StompClient there = other.connect("dave")) {
			subscribe(here, "s", "/topic/orders/new");
			subscribeAcross(there, "/topic/orders/new");
			IntStream.range(0, 500).forEach((i) -> alice.publish("/topic/orders/new", Integer.toString(i)));
			List<String> expected = IntStream.range(0, 500).mapToObj(Integer::toString).toList();
			assertThat(bodies(here, 500)).isEqualTo(expected);
			assertThat(bodies(there, 500)).isEqualTo(expected);
			here.expectNothing();
			there.expectNothing();
		}
	}

	private static List<String> bodies(StompClient client, int count) {
		List<String> bodies = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			bodies.add(client.expect("MESSAGE").text());
		}
		return bodies;
	}

	@Test
	@Order(3)
	void messageWhenItsPublisherTriesAgainOnTheOtherNodeThenIsDeliveredOnce() {
		try (StompClient alice = one.connect("alice");
				StompClient again = other.connect("alice");
				StompClient bob = other.connect("bob")) {
			subscribeAcross(bob, "/user/topic/chat");
			alice.receipt(StompFrame.of("SEND", "destination:/user/bob/topic/chat", "id:m1").body("once"));
			assertThat(bob.expect("MESSAGE").text()).isEqualTo("once");
			StompFrame receipt = again
				.receipt(StompFrame.of("SEND", "destination:/user/bob/topic/chat", "id:m1").body("once"));
			assertThat(receipt.header("repeated")).isEqualTo("true");
			bob.expectNothing();
		}
	}

	@Test
	@Order(4)
	void messageWhenPublishedOverHttpThenTheResultSaysItsReach() {
		try (StompClient bob = other.connect("bob")) {
			subscribeAcross(bob, "/topic/news");
			int last = untilCluster((time) -> {
				JsonNode result = post(one, "{\"to\":\"/topic/news\",\"body\":\"extra " + time + "\"}");
				assertThat(result.has("delivered")).isFalse();
				return result.path("reach").asString();
			});
			expect(bob, "extra " + last);
		}
	}

	private static JsonNode post(TestGateway node, String body) {
		String answer = HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/api/messages"))
				.header("Authorization", "Bearer " + node.token("alice"))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString())
			.join()
			.body();
		return new JsonMapper().readTree(answer).path("results").path(0);
	}

	@Test
	@Order(5)
	void interestWhenTheLastConnectionAndSubscriptionEndThenTheNodeIsAskedForNothing() {
		try (StompClient bob = other.connect("erin")) {
			subscribe(bob, "s", "/topic/leaving");
			// The receipt waits for the topic alone.
			Await.within(20,
					() -> !both.redis()
						.command("PUBSUB", "NUMSUB", "usher:u:erin", "usher:t:leaving")
						.contains("\n0\n"));
			bob.sendAndWait("UNSUBSCRIBE", "id:s");
			Await.within(20, () -> both.redis().command("PUBSUB", "NUMSUB", "usher:t:leaving").contains("\n0\n"));
		}
		Await.within(20, () -> both.redis().command("PUBSUB", "NUMSUB", "usher:u:erin").contains("\n0\n"));
	}

	@Test
	@Order(6)
	void metersWhenReadThenCountWhatWentOverTheBus() {
		MeterRegistry meters = one.bean(MeterRegistry.class);
		assertThat(meters.get("usher.bus.published").functionCounter().count()).isGreaterThan(500);
		assertThat(other.bean(MeterRegistry.class).get("usher.bus.received").functionCounter().count())
			.isGreaterThan(500);
		// Redis confirms what is no longer wanted a little later.
		Await.within(20,
				() -> meters.get("usher.bus.wanted.channels")
					.gauge()
					.value() == meters.get("usher.bus.confirmed.channels").gauge().value());
		Await.within(20, () -> meters.get("usher.bus.roundtrip").timer().count() > 0);
	}

	@Test
	@Order(7)
	void nodeWhenRedisIsAwayThenServesItsOwnAndTellsOfTheGapAfterwards() {
		try (StompClient alice = one.connect("alice"); StompClient bob = one.connect("bob")) {
			subscribe(alice, "own", "/user/topic/session");
			subscribe(bob, "s", "/user/topic/chat");
			both.redis().stop();
			Await.within(20, () -> health(one, "").equals("200 {\"status\":\"DEGRADED\"}"));
			assertThat(health(one, "/readiness")).isEqualTo("200 {\"status\":\"UP\"}");
			assertThat(subscribe(bob, "t", "/topic/late").header("reach")).isEqualTo("node");
			StompFrame receipt = alice
				.receipt(StompFrame.of("SEND", "destination:/user/bob/topic/chat").body("still here"));
			assertThat(receipt.header("reach")).isEqualTo("node");
			assertThat(bob.expect("MESSAGE").text()).isEqualTo("still here");
			assertThat(post(one, "{\"to\":\"/topic/late\",\"body\":\"x\"}").path("reach").asString()).isEqualTo("node");
			assertThat(bob.expect("MESSAGE").text()).isEqualTo("x");

			both.redis().restart();
			// A node that was cut off tries again in a while.
			alice.socket().patience(Duration.ofSeconds(30));
			StompFrame gap = alice.expect("MESSAGE");
			assertThat(gap.header("destination")).isEqualTo("/user/topic/session");
			assertThat(gap.text()).matches("\\{\"event\":\"gap\",\"seconds\":[1-9]\\d*}");
			Await.within(20, () -> health(one, "").equals("200 {\"status\":\"UP\"}")
					&& health(other, "").equals("200 {\"status\":\"UP\"}"));
			try (StompClient carol = other.connect("carol")) {
				carol.receipt(StompFrame.of("SEND", "destination:/topic/late").body("back"));
				assertThat(bob.expect("MESSAGE").text()).isEqualTo("back");
			}
		}
	}

	private static String health(TestGateway node, String group) {
		// The clock of a test stands still, and a node whose clock is off is not ready.
		node.clock().set(Instant.now());
		try {
			HttpResponse<String> answer = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/actuator/health" + group))
					.build(), BodyHandlers.ofString());
			return answer.statusCode() + " " + answer.body();
		}
		catch (IOException ex) {
			return ex.toString();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

}
