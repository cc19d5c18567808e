package dev.usher.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.usher.protocol.Destination;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code POST /api/messages} over real HTTP and sockets, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class MessageApiTests {

	private static HttpNode node;

	private static TestPublisher ann;

	private static TestPublisher nobody;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.access[0].destination=/topic/**", "usher.access[0].subscribe=*",
				"usher.access[0].publish=user", "usher.access[1].destination=/user/*/topic/**",
				"usher.access[1].publish=user", "usher.access[2].destination=/user/*/queue/**",
				"usher.access[2].publish=user", "usher.access[3].destination=/queue/open/**",
				"usher.access[3].publish=user");
		node.makeUser("ann", "user");
		node.makeUser("nobody");
		ann = TestPublisher.of(node, "ann");
		nobody = TestPublisher.of(node, "nobody");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	MessageApiTests(Store store) {
		assertThat(store).isNotNull();
	}

	@Test
	void messageWhenLiveThenReachesConnectionsAndCountsThem() {
		try (StompClient one = connect(); StompClient two = connect()) {
			one.subscribe("1", "/user/topic/news");
			two.subscribe("2", "/user/topic/news");
			Answer answer = ann
				.publish(Map.of("to", "/user/ann/topic/news", "body", "hello", "headers", Map.of("n", "1")));
			assertThat(answer.status()).isEqualTo(200);
			JsonNode result = TestPublisher.result(answer, 0);
			assertThat(result.path("to").asString()).isEqualTo("/user/ann/topic/news");
			assertThat(result.path("delivered").asInt()).isEqualTo(2);
			assertThat(result.has("offset")).isFalse();
			StompFrame message = one.expect("MESSAGE");
			assertThat(message.text()).isEqualTo("hello");
			assertThat(message.header("message-id")).isEqualTo(result.path("id").asString());
			assertThat(message.headers()).containsEntry("n", "1").containsEntry("content-type", "text/plain");
			assertThat(two.expect("MESSAGE").text()).isEqualTo("hello");
		}
	}

	@Test
	void messageWhenStoredThenAnswersItsPlaceAndIsInTheDatabase() {
		Answer first = ann.publish(Map.of("to", "/user/ann/queue/orders", "body", Map.of("n", 1)));
		Answer second = ann.publish(Map.of("to", "/user/ann/queue/orders", "body", "two"));
		assertThat(TestPublisher.result(first, 0).path("offset").asInt()).isEqualTo(1);
		assertThat(TestPublisher.result(second, 0).path("offset").asInt()).isEqualTo(2);
		assertThat(TestPublisher.result(second, 0).path("epoch").asString())
			.isEqualTo(TestPublisher.result(first, 0).path("epoch").asString())
			.isNotEmpty();
		assertThat(TestPublisher.result(first, 0).has("delivered")).isFalse();
		assertThat(TestPublisher.result(first, 0).path("id").asString()).isNotEmpty();
		assertThat(ann.stored("/user/ann/queue/orders")).containsExactly("{\"n\":1}", "two");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":1.10,\"b\":[1e400,null]}", "123456789012345678901234567890", "true", "null",
			"-0.0", "[ 1, \"\\u00e9é\" ]" })
	void bodyWhenJsonThenGoesOutAsItsOwnText(String body) {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/json");
			ann.post("{\"body\":" + body + ",\"to\":\"/user/ann/topic/json\"}");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.text()).isEqualTo(body);
			assertThat(message.header("content-type")).isEqualTo("application/json");
			ann.post("{\"to\":\"/user/ann/topic/json\",\"body\": " + body + " }");
			assertThat(client.expect("MESSAGE").text()).isEqualTo(body);
		}
	}

	@Test
	void bodyWhenTextOrBase64ThenGoesOutAsItIs() {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/bodies");
			ann.publish(Map.of("to", "/user/ann/topic/bodies", "body", "<p>\0ü</p>", "content_type", "text/html"));
			StompFrame text = client.expect("MESSAGE");
			assertThat(text.text()).isEqualTo("<p>\0ü</p>");
			assertThat(text.header("content-type")).isEqualTo("text/html");
			ann.publish(Map.of("to", "/user/ann/topic/bodies", "body_base64",
					Base64.getEncoder().encodeToString("bytes".getBytes(StandardCharsets.UTF_8))));
			StompFrame bytes = client.expect("MESSAGE");
			assertThat(bytes.text()).isEqualTo("bytes");
			assertThat(bytes.header("content-type")).isEqualTo("application/octet-stream");
		}
	}

	@Test
	void batchWhenOneIsBadThenItFailsAlone() {
		Answer answer = ann.post("""
				[{"to":["/user/ann/queue/batch","/queue/closed","/user/ann/topic/x"],"body":1,"id":"a"},
				 {"to":"/topic/*","body":1},
				 {"to":"/user/ann/queue/batch","body":2,"color":"red","id":"b"},
				 5,
				 {"body":3},
				 {"to":[],"body":3},
				 {"to":"/user/ann/queue/batch"},
				 {"to":"/user/ann/queue/batch","body":4,"body_base64":"AA=="},
				 {"to":"/user/ann/queue/batch","body":5}]""");
		assertThat(answer.status()).isEqualTo(207);
		assertThat(TestPublisher.codes(answer)).containsExactly("ok", "forbidden", "ok", "bad_frame", "bad_request",
				"bad_request", "bad_request", "bad_request", "bad_request", "bad_request", "ok");
		assertThat(TestPublisher.result(answer, 0).path("id").asString()).isEqualTo("a");
		assertThat(TestPublisher.result(answer, 0).path("offset").asInt()).isEqualTo(1);
		assertThat(TestPublisher.result(answer, 1).path("id").asString()).isEqualTo("a");
		assertThat(TestPublisher.result(answer, 2).path("delivered").asInt()).isZero();
		assertThat(TestPublisher.result(answer, 4).path("error").path("message").asString()).contains("\"color\"");
		assertThat(TestPublisher.result(answer, 10).path("offset").asInt()).isEqualTo(2);
	}

	@Test
	void batchWhenLargeThenAllIsStoredInOrder() {
		List<Map<String, Object>> batch = IntStream.range(0, 1000)
			.mapToObj((i) -> Map.<String, Object>of("to", "/user/ann/queue/large", "body", i))
			.toList();
		Answer answer = ann.publish(batch);
		for (int i = 0; i < 1000; i++) {
			assertThat(TestPublisher.result(answer, i).path("offset").asInt()).isEqualTo(i + 1);
		}
		assertThat(ann.stored("/user/ann/queue/large"))
			.isEqualTo(IntStream.range(0, 1000).mapToObj(String::valueOf).toList());
		List<Map<String, Object>> more = new ArrayList<>(batch);
		more.add(batch.get(0));
		assertThat(ann.publish(more).code()).isEqualTo("too_large");
	}

	/** More than one window of {@link Batch}, and more bytes than the writer's queue. */
	@Test
	void messageWhenToAThousandUsersThenEachIsAnswered() {
		List<String> to = IntStream.range(0, 1000).mapToObj((i) -> "/user/u" + i + "/queue/all").toList();
		Answer answer = ann
			.publish(List.of(Map.of("to", to, "body", "x".repeat(100_000)), Map.of("to", to, "body", "second")));
		assertThat(TestPublisher.codes(answer)).hasSize(2000).containsOnly("ok");
		assertThat(TestPublisher.result(answer, 999).path("to").asString()).isEqualTo("/user/u999/queue/all");
		assertThat(TestPublisher.result(answer, 1000).path("offset").asInt()).isEqualTo(2);
	}

	@Test
	void idWhenRepeatedThenStoredOnceAndAnswersTheFirstPlace() {
		Map<String, Object> message = Map.of("to", "/user/ann/queue/once", "body", "x", "id", "order-1");
		Answer first = ann.publish(message);
		Answer again = ann.publish(List.of(message, message));
		assertThat(place(again, 0)).isEqualTo(place(first, 0));
		assertThat(place(again, 1)).isEqualTo(place(first, 0));
		assertThat(TestPublisher.result(first, 0).has("repeated")).isFalse();
		assertThat(TestPublisher.result(again, 1).path("repeated").asBoolean()).isTrue();
		assertThat(TestPublisher.result(first, 0).path("id").asString()).isEqualTo("order-1");
		assertThat(TestPublisher
			.result(ann.publish(Map.of("to", "/user/ann/queue/once2", "body", "x", "id", "order-1")), 0)
			.path("offset")
			.asInt()).isEqualTo(1);
		assertThat(ann.stored("/user/ann/queue/once")).hasSize(1);
	}

	@Test
	void idWhenRepeatedToALiveDestinationThenDeliveredOnceWithinADay() {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/once");
			Map<String, Object> message = Map.of("to", "/user/ann/topic/once", "body", "x", "id", "ping-1");
			Answer first = ann.publish(message);
			Answer again = ann.publish(message);
			assertThat(place(again, 0)).isEqualTo(place(first, 0));
			assertThat(TestPublisher.result(again, 0).path("delivered").asInt()).isEqualTo(1);
			assertThat(TestPublisher.result(again, 0).path("repeated").asBoolean()).isTrue();
			client.expect("MESSAGE");
			client.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/ann/queue/race", "/user/ann/topic/race" })
	void idWhenPublishersRaceThenOneWinsAndAllAreAnsweredAlike(String to) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(8);
		Callable<String> publishing = () -> {
			barrier.await();
			return place(ann.publish(Map.of("to", to, "body", "x", "id", "raced")), 0);
		};
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/race");
			List<String> answers = new ArrayList<>();
			for (Future<String> future : threads.invokeAll(java.util.Collections.nCopies(8, publishing))) {
				answers.add(future.get());
			}
			assertThat(answers).allMatch(answers.get(0)::equals);
			if (to.contains("/topic/")) {
				client.expect("MESSAGE");
				client.expectNothing();
			}
			else {
				assertThat(ann.stored(to)).hasSize(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@CsvSource({ "60, 60", "0.5, 0.5", "'\"PT1H\"', 3600", "'\"P1D\"', 86400" })
	void ttlWhenGivenThenMessageExpiresThen(String ttl, double seconds) {
		String to = "/user/ann/queue/ttl" + Math.round(seconds * 10);
		assertThat(TestPublisher.codes(ann.post("{\"to\":\"" + to + "\",\"body\":1,\"ttl\":" + ttl + "}")))
			.containsExactly("ok");
		long kept = node.bean(JdbcClient.class)
			.sql("SELECT m.expires_at - m.sent_at FROM inbox_messages m JOIN inbox_logs l ON l.id = m.log_id WHERE l.address = ?")
			.param(to)
			.query(Long.class)
			.single();
		assertThat(kept).isEqualTo(Math.round(seconds * 1000));
	}

	@Test
	void destinationWhenCallerMayNotThenForbiddenForThatEntry() {
		Answer answer = nobody.publish(Map.of("to", "/user/ann/queue/x", "body", 1));
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.code()).isEqualTo("forbidden");
		assertThat(TestPublisher.codes(answer)).containsExactly("forbidden");
	}

	@Test
	void batchWhenEmptyThenAnswersNothing() {
		assertThat(ann.post("[]").json().path("results").size()).isZero();
	}

	@Test
	void logWhenMessageGoesThroughThenOwnerIsAsInTheDestination() {
		assertThat(TestPublisher.codes(ann.publish(Map.of("to", "/user/ann@example.org/queue/x", "body", 1))))
			.containsExactly("ok");
		assertThat(ann.stored(Destination.forPublish("/user/ann@example.org/queue/x").address())).containsExactly("1");
	}

	@Test
	void idOfLiveMessageWhenADayHasPassedThenDeliveredAgain() {
		Map<String, Object> message = Map.of("to", "/user/ann/topic/day", "body", "x", "id", "daily");
		String first = ann.publish(message).response().body();
		node.clock().advance(Duration.ofHours(24).plusSeconds(1));
		ann = TestPublisher.of(node, "ann");
		nobody = TestPublisher.of(node, "nobody");
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/day");
			assertThat(ann.publish(message).response().body()).isNotEqualTo(first);
			client.expect("MESSAGE");
		}
	}

	/** Where it went, the first time or again. */
	private static String place(Answer answer, int index) {
		JsonNode result = TestPublisher.result(answer, index);
		return result.path("id") + " " + result.path("offset") + " " + result.path("epoch") + " "
				+ result.path("delivered");
	}

	private static StompClient connect() {
		return StompClient.connect(node.port(), ann.token());
	}

}
