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

	private static String ann;

	private static String nobody;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.access[0].destination=/topic/**", "usher.access[0].subscribe=*",
				"usher.access[0].publish=user", "usher.access[1].destination=/user/*/topic/**",
				"usher.access[1].publish=user", "usher.access[2].destination=/user/*/queue/**",
				"usher.access[2].publish=user", "usher.access[3].destination=/queue/open/**",
				"usher.access[3].publish=user", "usher.publish.max-request=1MB", "usher.publish.max-waiting=1MB");
		node.makeUser("ann", "user");
		node.makeUser("nobody");
		ann = node.login("ann").text("access_token");
		nobody = node.login("nobody").text("access_token");
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
			Answer answer = publish(Map.of("to", "/user/ann/topic/news", "body", "hello", "headers", Map.of("n", "1")));
			assertThat(answer.status()).isEqualTo(200);
			JsonNode result = result(answer, 0);
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
		Answer first = publish(Map.of("to", "/user/ann/queue/orders", "body", Map.of("n", 1)));
		Answer second = publish(Map.of("to", "/user/ann/queue/orders", "body", "two"));
		assertThat(result(first, 0).path("offset").asInt()).isEqualTo(1);
		assertThat(result(second, 0).path("offset").asInt()).isEqualTo(2);
		assertThat(result(second, 0).path("epoch").asString()).isEqualTo(result(first, 0).path("epoch").asString())
			.isNotEmpty();
		assertThat(result(first, 0).has("delivered")).isFalse();
		assertThat(result(first, 0).path("id").asString()).isNotEmpty();
		assertThat(stored("/user/ann/queue/orders")).containsExactly("{\"n\":1}", "two");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":1.10,\"b\":[1e400,null]}", "123456789012345678901234567890", "true", "null",
			"-0.0", "[ 1, \"\\u00e9é\" ]" })
	void bodyWhenJsonThenGoesOutAsItsOwnText(String body) {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/json");
			post("{\"body\":" + body + ",\"to\":\"/user/ann/topic/json\"}");
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.text()).isEqualTo(body);
			assertThat(message.header("content-type")).isEqualTo("application/json");
			post("{\"to\":\"/user/ann/topic/json\",\"body\": " + body + " }");
			assertThat(client.expect("MESSAGE").text()).isEqualTo(body);
		}
	}

	@Test
	void bodyWhenTextOrBase64ThenGoesOutAsItIs() {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/bodies");
			publish(Map.of("to", "/user/ann/topic/bodies", "body", "<p>\0ü</p>", "content_type", "text/html"));
			StompFrame text = client.expect("MESSAGE");
			assertThat(text.text()).isEqualTo("<p>\0ü</p>");
			assertThat(text.header("content-type")).isEqualTo("text/html");
			publish(Map.of("to", "/user/ann/topic/bodies", "body_base64",
					Base64.getEncoder().encodeToString("bytes".getBytes(StandardCharsets.UTF_8))));
			StompFrame bytes = client.expect("MESSAGE");
			assertThat(bytes.text()).isEqualTo("bytes");
			assertThat(bytes.header("content-type")).isEqualTo("application/octet-stream");
		}
	}

	@Test
	void batchWhenOneIsBadThenItFailsAlone() {
		Answer answer = post("""
				[{"to":["/user/ann/queue/batch","/queue/closed","/user/ann/topic/x"],"body":1,"id":"a"},
				 {"to":"/topic/*","body":1},
				 {"to":"/user/ann/queue/batch","body":2,"color":"red","id":"b"},
				 5,
				 {"body":3},
				 {"to":[],"body":3},
				 {"to":"/user/ann/queue/batch"},
				 {"to":"/user/ann/queue/batch","body":4,"body_base64":"AA=="},
				 {"to":"/user/ann/queue/batch","body":5}]""");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(codes(answer)).containsExactly("ok", "forbidden", "ok", "bad_frame", "bad_request", "bad_request",
				"bad_request", "bad_request", "bad_request", "bad_request", "ok");
		assertThat(result(answer, 0).path("id").asString()).isEqualTo("a");
		assertThat(result(answer, 0).path("offset").asInt()).isEqualTo(1);
		assertThat(result(answer, 1).path("id").asString()).isEqualTo("a");
		assertThat(result(answer, 2).path("delivered").asInt()).isZero();
		assertThat(result(answer, 4).path("error").path("message").asString()).contains("\"color\"");
		assertThat(result(answer, 10).path("offset").asInt()).isEqualTo(2);
	}

	@Test
	void batchWhenLargeThenAllIsStoredInOrder() {
		List<Map<String, Object>> batch = IntStream.range(0, 1000)
			.mapToObj((i) -> Map.<String, Object>of("to", "/user/ann/queue/large", "body", i))
			.toList();
		Answer answer = publish(batch);
		for (int i = 0; i < 1000; i++) {
			assertThat(result(answer, i).path("offset").asInt()).isEqualTo(i + 1);
		}
		assertThat(stored("/user/ann/queue/large"))
			.isEqualTo(IntStream.range(0, 1000).mapToObj(String::valueOf).toList());
		List<Map<String, Object>> more = new ArrayList<>(batch);
		more.add(batch.get(0));
		assertThat(publish(more).code()).isEqualTo("too_large");
	}

	/** More than one window of {@link Batch}, and more bytes than the writer's queue. */
	@Test
	void messageWhenToAThousandUsersThenEachIsAnswered() {
		List<String> to = IntStream.range(0, 1000).mapToObj((i) -> "/user/u" + i + "/queue/all").toList();
		Answer answer = publish(
				List.of(Map.of("to", to, "body", "x".repeat(100_000)), Map.of("to", to, "body", "second")));
		assertThat(codes(answer)).hasSize(2000).containsOnly("ok");
		assertThat(result(answer, 999).path("to").asString()).isEqualTo("/user/u999/queue/all");
		assertThat(result(answer, 1000).path("offset").asInt()).isEqualTo(2);
	}

	@Test
	void idWhenRepeatedThenStoredOnceAndAnswersTheFirstPlace() {
		Map<String, Object> message = Map.of("to", "/user/ann/queue/once", "body", "x", "id", "order-1");
		Answer first = publish(message);
		Answer again = publish(List.of(message, message));
		assertThat(result(again, 0)).isEqualTo(result(first, 0));
		assertThat(result(again, 1)).isEqualTo(result(first, 0));
		assertThat(result(first, 0).path("id").asString()).isEqualTo("order-1");
		assertThat(
				result(publish(Map.of("to", "/user/ann/queue/once2", "body", "x", "id", "order-1")), 0).path("offset")
					.asInt())
			.isEqualTo(1);
		assertThat(stored("/user/ann/queue/once")).hasSize(1);
	}

	@Test
	void idWhenRepeatedToALiveDestinationThenDeliveredOnceWithinADay() {
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/once");
			Map<String, Object> message = Map.of("to", "/user/ann/topic/once", "body", "x", "id", "ping-1");
			Answer first = publish(message);
			Answer again = publish(message);
			assertThat(result(again, 0)).isEqualTo(result(first, 0));
			assertThat(result(again, 0).path("delivered").asInt()).isEqualTo(1);
			client.expect("MESSAGE");
			client.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/ann/queue/race", "/user/ann/topic/race" })
	void idWhenPublishersRaceThenOneWinsAndAllAreAnsweredAlike(String to) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(8);
		Callable<String> publish = () -> {
			barrier.await();
			return publish(Map.of("to", to, "body", "x", "id", "raced")).response().body();
		};
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/race");
			List<String> answers = new ArrayList<>();
			for (Future<String> future : threads.invokeAll(java.util.Collections.nCopies(8, publish))) {
				answers.add(future.get());
			}
			assertThat(answers).allMatch(answers.get(0)::equals);
			if (to.contains("/topic/")) {
				client.expect("MESSAGE");
				client.expectNothing();
			}
			else {
				assertThat(stored(to)).hasSize(1);
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
		assertThat(codes(post("{\"to\":\"" + to + "\",\"body\":1,\"ttl\":" + ttl + "}"))).containsExactly("ok");
		long kept = node.bean(JdbcClient.class)
			.sql("SELECT m.expires_at - m.sent_at FROM inbox_messages m JOIN inbox_logs l ON l.id = m.log_id WHERE l.address = ?")
			.param(to)
			.query(Long.class)
			.single();
		assertThat(kept).isEqualTo(Math.round(seconds * 1000));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "1e300", "\"1h\"", "\"PT-1S\"", "true", "null", "\"P999999999999D\"",
			"999999999999999999999999" })
	void ttlWhenNoneThenMessageIsRefused(String ttl) {
		Answer answer = post("{\"to\":\"/user/ann/queue/badttl\",\"body\":1,\"ttl\":" + ttl + "}");
		assertThat(codes(answer)).containsExactly("bad_request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "message-id", "destination", "content-length", "receipt", "simpUser", "Authorization",
			"offset", "user-name", "" })
	void headerWhenTheProtocolOwnsItThenMessageIsRefused(String name) {
		Answer answer = publish(List.of(Map.of("to", "/user/ann/topic/h", "body", 1, "headers", Map.of(name, "x")),
				Map.of("to", "/user/ann/topic/h", "body", 1, "headers", Map.of("mine", "x"))));
		assertThat(codes(answer)).containsExactly("bad_request", "ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":1}", "[]", "{\"a\":null}", "{\"a\":\"x\\u0000\"}", "{\"a\":\"\\ud800\"}",
			"{\"a\":{\"b\":1}}", "{\"a\":\"1\",\"a\":\"2\"}" })
	void headersWhenTheyAreNoneThenMessageIsRefused(String headers) {
		Answer answer = post("[{\"to\":\"/user/ann/topic/h\",\"body\":1,\"headers\":" + headers
				+ "},{\"to\":\"/user/ann/topic/h\",\"body\":1}]");
		assertThat(codes(answer)).containsExactly("bad_request", "ok");
	}

	@Test
	void headersWhenTooManyOrTooLongThenMessageIsRefused() {
		Map<String, String> many = new java.util.TreeMap<>();
		IntStream.range(0, 65).forEach((i) -> many.put("h" + i, "x"));
		assertThat(codes(publish(Map.of("to", "/topic/h", "body", 1, "headers", many)))).containsExactly("bad_request");
		assertThat(codes(publish(Map.of("to", "/topic/h", "body", 1, "headers", Map.of("a", "é".repeat(2048))))))
			.containsExactly("bad_request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"id\":\"\"", "\"id\":5", "\"id\":\"a\\u0000\"", "\"content_type\":\"a\\nb\"",
			"\"content_type\":5", "\"to\":5", "\"to\":[\"/topic/a\",5]", "\"to\":null", "\"to\":{\"a\":[1]}",
			"\"headers\":5", "\"body_base64\":\"!\"", "\"body_base64\":5", "\"body\":\"\\ud800\"" })
	void memberWhenWrongThenMessageIsRefusedAndTheNextIsNot(String member) {
		String to = member.startsWith("\"to\"") ? "" : ",\"to\":\"/user/ann/topic/m\"";
		String body = member.startsWith("\"body") ? "" : ",\"body\":1";
		Answer answer = post("[{" + member + to + body + "},{\"to\":\"/user/ann/topic/m\",\"body\":1}]");
		assertThat(codes(answer)).endsWith("ok").contains("bad_request");
	}

	@Test
	void bodyWhenOverTheLimitThenMessageIsRefusedAlone() {
		Answer answer = publish(List.of(Map.of("to", "/user/ann/topic/big", "body", "x".repeat(256 * 1024)),
				Map.of("to", "/user/ann/topic/big", "body", "x".repeat(256 * 1024 + 1)),
				Map.of("to", "/user/ann/topic/big", "body", List.of("x".repeat(256 * 1024)))));
		assertThat(codes(answer)).containsExactly("ok", "too_large", "too_large");
	}

	@Test
	void requestWhenOverTheLimitThenRefusedAsAWholeAndNothingStaysCounted() {
		for (int i = 0; i < 3; i++) {
			assertThat(publish(Map.of("to", "/user/ann/topic/big", "body", "x".repeat(1024 * 1024))).code())
				.isEqualTo("too_large");
		}
		assertThat(codes(publish(Map.of("to", "/user/ann/topic/big", "body", "x")))).containsExactly("ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "5", "\"x\"", "{", "[{\"to\":\"/user/ann/queue/half\",\"body\":1},", "{} {}",
			"[{\"to\":\"/user/ann/queue/half\",\"body\":1}]]", "{\"to\":\"/user/ann/queue/half\",\"body\":01}" })
	void requestWhenNotJsonThenRefusedAsAWhole(String text) {
		assertThat(post(text).code()).isEqualTo("bad_request");
		assertThat(stored("/user/ann/queue/half")).isEmpty();
	}

	@Test
	void requestWhenNotUtf8ThenRefusedAsAWhole() {
		byte[] latin = "{\"to\":\"/user/ann/topic/x\",\"body\":[\"é\"]}".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(post(latin).code()).isEqualTo("bad_request");
		byte[] wide = "{\"to\":\"/user/ann/topic/x\",\"body\":[\"é\"]}".getBytes(StandardCharsets.UTF_16LE);
		assertThat(post(wide).code()).isEqualTo("bad_request");
	}

	@Test
	void requestWhenNobodyCallsThenUnauthorized() {
		Answer answer = node.call("POST", "/api/messages", null, Map.of("to", "/topic/a", "body", 1));
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.code()).isEqualTo("unauthorized");
	}

	@Test
	void destinationWhenCallerMayNotThenForbiddenForThatEntry() {
		Answer answer = node.call("POST", "/api/messages", nobody, Map.of("to", "/user/ann/queue/x", "body", 1));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(codes(answer)).containsExactly("forbidden");
	}

	@Test
	void batchWhenEmptyThenAnswersNothing() {
		assertThat(post("[]").json().path("results").size()).isZero();
	}

	@Test
	void logWhenMessageGoesThroughThenOwnerIsAsInTheDestination() {
		assertThat(codes(publish(Map.of("to", "/user/ann@example.org/queue/x", "body", 1)))).containsExactly("ok");
		assertThat(stored(Destination.forPublish("/user/ann@example.org/queue/x").address())).containsExactly("1");
	}

	@Test
	void idOfLiveMessageWhenADayHasPassedThenDeliveredAgain() {
		Map<String, Object> message = Map.of("to", "/user/ann/topic/day", "body", "x", "id", "daily");
		String first = publish(message).response().body();
		node.clock().advance(Duration.ofHours(24).plusSeconds(1));
		ann = node.login("ann").text("access_token");
		nobody = node.login("nobody").text("access_token");
		try (StompClient client = connect()) {
			client.subscribe("1", "/user/topic/day");
			assertThat(publish(message).response().body()).isNotEqualTo(first);
			client.expect("MESSAGE");
		}
	}

	private static StompClient connect() {
		return StompClient.connect(node.port(), ann);
	}

	private static Answer publish(Object body) {
		return node.call("POST", "/api/messages", ann, body);
	}

	private static Answer post(String body) {
		return post(body.getBytes(StandardCharsets.UTF_8));
	}

	private static Answer post(byte[] body) {
		return node.send(node.request("/api/messages")
			.header("Authorization", "Bearer " + ann)
			.header("Content-Type", "application/json")
			.POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(body)));
	}

	private static JsonNode result(Answer answer, int index) {
		return answer.json().path("results").path(index);
	}

	private static List<String> codes(Answer answer) {
		List<String> codes = new ArrayList<>();
		answer.json()
			.path("results")
			.forEach((result) -> codes.add(result.has("error") ? result.path("error").path("code").asString() : "ok"));
		if (codes.isEmpty()) {
			codes.add(answer.toString());
		}
		return codes;
	}

	private static List<String> stored(String address) {
		return node.bean(JdbcClient.class).sql("""
				SELECT m.body FROM inbox_messages m JOIN inbox_logs l ON l.id = m.log_id
				WHERE l.address = ? ORDER BY m.log_offset
				""").param(address).query((row, number) -> new String(row.getBytes(1), StandardCharsets.UTF_8)).list();
	}

}
