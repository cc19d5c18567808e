package dev.usher.publish;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code POST /api/messages} does not take: as little of a request as is wrong. */
class MessageRefusalTests {

	private static HttpNode node;

	private static TestPublisher ann;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.access[0].destination=/**", "usher.access[0].publish=user",
				"usher.publish.max-request=1MB", "usher.publish.max-waiting=1MB", "usher.inbox.queue-bytes=8MB");
		node.makeUser("ann", "user");
		ann = TestPublisher.of(node, "ann");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	/** No more of them wait for the disk at once than there is room for. */
	@Test
	void headersWhenTheyAreLargeAndGoToManyThenNoneIsRefused() {
		Map<String, String> large = new HashMap<>();
		IntStream.range(0, 24).forEach((i) -> large.put("large" + i, "x".repeat(4000)));
		List<String> to = IntStream.range(0, 100).mapToObj((i) -> "/user/ann/queue/large" + i).toList();
		Answer answer = ann.publish(Map.of("to", to, "body", 1, "headers", large));
		assertThat(TestPublisher.codes(answer)).hasSize(100).containsOnly("ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "1e300", "\"1h\"", "\"PT-1S\"", "true", "null", "\"P999999999999D\"",
			"999999999999999999999999" })
	void ttlWhenNoneThenMessageIsRefused(String ttl) {
		Answer answer = ann.post("{\"to\":\"/user/ann/queue/badttl\",\"body\":1,\"ttl\":" + ttl + "}");
		assertThat(TestPublisher.codes(answer)).containsExactly("bad_request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "message-id", "destination", "content-length", "receipt", "simpUser", "Authorization",
			"offset", "user-name", "" })
	void headerWhenTheProtocolOwnsItThenMessageIsRefused(String name) {
		Answer answer = ann.publish(List.of(Map.of("to", "/user/ann/topic/h", "body", 1, "headers", Map.of(name, "x")),
				Map.of("to", "/user/ann/topic/h", "body", 1, "headers", Map.of("mine", "x"))));
		assertThat(TestPublisher.codes(answer)).containsExactly("bad_request", "ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":1}", "[]", "{\"a\":null}", "{\"a\":\"x\\u0000\"}", "{\"a\":\"\\ud800\"}",
			"{\"a\":{\"b\":1}}", "{\"a\":\"1\",\"a\":\"2\"}" })
	void headersWhenTheyAreNoneThenMessageIsRefused(String headers) {
		Answer answer = ann.post("[{\"to\":\"/user/ann/topic/h\",\"body\":1,\"headers\":" + headers
				+ "},{\"to\":\"/user/ann/topic/h\",\"body\":1}]");
		assertThat(TestPublisher.codes(answer)).containsExactly("bad_request", "ok");
	}

	@Test
	void headersWhenTooManyOrTooLongThenMessageIsRefused() {
		Map<String, String> many = new TreeMap<>();
		IntStream.range(0, 65).forEach((i) -> many.put("h" + i, "x"));
		assertThat(TestPublisher.codes(ann.publish(Map.of("to", "/topic/h", "body", 1, "headers", many))))
			.containsExactly("bad_request");
		assertThat(TestPublisher
			.codes(ann.publish(Map.of("to", "/topic/h", "body", 1, "headers", Map.of("a", "é".repeat(2048))))))
			.containsExactly("bad_request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"id\":\"\"", "\"id\":5", "\"id\":\"a\\u0000\"", "\"content_type\":\"a\\nb\"",
			"\"content_type\":5", "\"to\":5", "\"to\":[\"/topic/a\",5]", "\"to\":null", "\"to\":{\"a\":[1]}",
			"\"headers\":5", "\"body_base64\":\"!\"", "\"body_base64\":5", "\"body\":\"\\ud800\"" })
	void memberWhenWrongThenMessageIsRefusedAndTheNextIsNot(String member) {
		String to = member.startsWith("\"to\"") ? "" : ",\"to\":\"/user/ann/topic/m\"";
		String body = member.startsWith("\"body") ? "" : ",\"body\":1";
		Answer answer = ann.post("[{" + member + to + body + "},{\"to\":\"/user/ann/topic/m\",\"body\":1}]");
		assertThat(TestPublisher.codes(answer)).endsWith("ok").contains("bad_request");
	}

	/** Each would be a result to answer, beyond all that a request may have. */
	@ParameterizedTest
	@ValueSource(strings = { "\"/topic/m%d\"", "[\"/topic/m%d\",\"/topic/n%<d\"]" })
	void destinationsWhenGivenAgainAndAgainThenTheFirstAloneCount(String to) {
		String more = IntStream.range(0, 20_001)
			.mapToObj((i) -> "\"to\":" + to.formatted(i))
			.collect(Collectors.joining(","));
		Answer answer = ann.post("{" + more + ",\"body\":1}");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(TestPublisher.codes(answer)).hasSizeLessThanOrEqualTo(2).containsOnly("bad_request");
		assertThat(answer.json().toString()).contains("Member \\\"to\\\" is given twice.");
	}

	@Test
	void bodyWhenOverTheLimitThenMessageIsRefusedAlone() {
		Answer answer = ann.publish(List.of(Map.of("to", "/user/ann/topic/big", "body", "x".repeat(256 * 1024)),
				Map.of("to", "/user/ann/topic/big", "body", "x".repeat(256 * 1024 + 1)),
				Map.of("to", "/user/ann/topic/big", "body", List.of("x".repeat(256 * 1024)))));
		assertThat(TestPublisher.codes(answer)).containsExactly("ok", "too_large", "too_large");
	}

	@Test
	void requestWhenOverTheLimitThenRefusedAsAWholeAndNothingStaysCounted() {
		for (int i = 0; i < 3; i++) {
			assertThat(ann.publish(Map.of("to", "/user/ann/topic/big", "body", "x".repeat(1024 * 1024))).code())
				.isEqualTo("too_large");
		}
		assertThat(TestPublisher.codes(ann.publish(Map.of("to", "/user/ann/topic/big", "body", "x"))))
			.containsExactly("ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "5", "\"x\"", "{", "[{\"to\":\"/user/ann/queue/half\",\"body\":1},", "{} {}",
			"[{\"to\":\"/user/ann/queue/half\",\"body\":1}]]", "{\"to\":\"/user/ann/queue/half\",\"body\":01}" })
	void requestWhenNotJsonThenRefusedAsAWhole(String text) {
		assertThat(ann.post(text).code()).isEqualTo("bad_request");
		assertThat(ann.stored("/user/ann/queue/half")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[", "1", "\"" })
	void requestWhenANestingOrNumberOrNameIsTooLongThenSaysSo(String start) {
		String body = switch (start) {
			case "[" -> "[".repeat(501) + "]".repeat(501);
			case "1" -> "1".repeat(1001);
			default -> "{\"" + "n".repeat(50_001) + "\":1}";
		};
		Answer answer = ann.post("[{\"to\":\"/user/ann/topic/x\",\"body\":" + body + "}]");
		assertThat(answer.code()).isEqualTo("bad_request");
		assertThat(answer.json().path("detail").asString())
			.isEqualTo("The body holds a number, a name or a nesting that is too long.");
	}

	@Test
	void requestWhenNotUtf8ThenRefusedAsAWhole() {
		byte[] latin = "{\"to\":\"/user/ann/topic/x\",\"body\":[\"é\"]}".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(ann.post(latin).code()).isEqualTo("bad_request");
		byte[] wide = "{\"to\":\"/user/ann/topic/x\",\"body\":[\"é\"]}".getBytes(StandardCharsets.UTF_16LE);
		assertThat(ann.post(wide).code()).isEqualTo("bad_request");
	}

	@Test
	void requestWhenNobodyCallsThenUnauthorized() {
		Answer answer = node.call("POST", "/api/messages", null, Map.of("to", "/topic/a", "body", 1));
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.code()).isEqualTo("unauthorized");
	}

}
