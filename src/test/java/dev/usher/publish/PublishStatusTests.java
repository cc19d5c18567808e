package dev.usher.publish;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The status of a publishing call tells what became of it: whoever looks at nothing else
 * is not misled.
 */
class PublishStatusTests {

	private static HttpNode node;

	private static TestPublisher ann;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.access[0].destination=/topic/**", "usher.access[0].publish=*",
				"usher.access[1].destination=/user/*/queue/**", "usher.access[1].publish=*");
		node.makeUser("ann", "user");
		ann = TestPublisher.of(node, "ann");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "\"to\":\"/queue/closed\",\"body\":1|403|forbidden",
					"\"to\":\"/topic/*\",\"body\":1|400|bad_frame",
					"\"to\":\"/user/queue/in\",\"body\":1|400|bad_frame", "\"to\":\"/topic/a\"|400|bad_request",
					"\"to\":\"/topic/a\",\"body\":1,\"color\":1|400|bad_request", "\"body\":1|400|bad_request",
					"\"to\":[],\"body\":1|400|bad_request", "\"to\":[\"/queue/closed\"],\"body\":1|403|forbidden" })
	void messageWhenItFailsThenTheCallFailsAsItDid(String members, int status, String code) {
		Answer answer = ann.post("{" + members + "}");
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.code()).isEqualTo(code);
		assertThat(answer.text("detail")).isNotBlank();
	}

	@Test
	void messageWhenItsBodyIsTooLargeThenSoIsTheCall() {
		Answer answer = ann.publish(Map.of("to", "/topic/a", "body", "x".repeat(256 * 1024 + 1)));
		assertThat(answer.status()).isEqualTo(413);
		assertThat(answer.code()).isEqualTo("too_large");
	}

	@Test
	void messagesWhenAllAreTakenThenOk() {
		assertThat(ann.post("[]").status()).isEqualTo(200);
		assertThat(ann.publish(Map.of("to", "/user/ann/queue/a", "body", 1)).status()).isEqualTo(200);
		assertThat(ann.publish(Map.of("to", List.of("/topic/a", "/topic/b"), "body", 1)).status()).isEqualTo(200);
	}

	@Test
	void messageWhenItsPublisherTakesNoJsonThenItIsRefusedAndNotPublished() {
		Answer refused = node.send(node.request("/api/messages")
			.header("Authorization", "Bearer " + ann.token())
			.header("Content-Type", "application/json")
			.header("Accept", "application/xml")
			.POST(BodyPublishers.ofString("{\"to\":\"/user/ann/queue/xml\",\"body\":1}")));
		assertThat(refused.status()).isEqualTo(406);
		assertThat(refused.code()).isEqualTo("not_acceptable");
		Answer first = ann.publish(Map.of("to", "/user/ann/queue/xml", "body", 1));
		assertThat(first.json().path("results").path(0).path("offset").asLong()).isEqualTo(1);
	}

	@Test
	void messagesWhenTakenThenTheAnswerIsWrittenAtOnce() {
		Answer answer = ann.publish(Map.of("to", "/topic/a", "body", 1));
		// One that is flushed before its end has none, and costs a second write.
		assertThat(answer.header("Content-Length")).isEqualTo(String.valueOf(answer.response().body().length()));
	}

	@Test
	void messagesWhenSomeAreNotTakenThenMultiStatusWithAResultForEach() {
		Answer oneOfTwo = ann.publish(Map.of("to", List.of("/user/ann/queue/a", "/queue/closed"), "body", 1));
		assertThat(oneOfTwo.status()).isEqualTo(207);
		assertThat(TestPublisher.codes(oneOfTwo)).containsExactly("ok", "forbidden");
		assertThat(oneOfTwo.header("Content-Type")).isEqualTo("application/json");
		Answer unlike = ann
			.publish(List.of(Map.of("to", "/topic/*", "body", 1), Map.of("to", "/queue/closed", "body", 1)));
		assertThat(unlike.status()).isEqualTo(207);
		assertThat(TestPublisher.codes(unlike)).containsExactly("bad_frame", "forbidden");
	}

	@Test
	void messagesWhenAllFailAlikeThenTheirStatusAndAResultForEach() {
		Answer forbidden = ann.publish(Map.of("to", List.of("/queue/closed", "/queue/shut"), "body", 1));
		assertThat(forbidden.status()).isEqualTo(403);
		assertThat(forbidden.code()).isEqualTo("forbidden");
		assertThat(TestPublisher.codes(forbidden)).containsExactly("forbidden", "forbidden");
		Answer bad = ann.post("[{\"to\":\"/topic/*\",\"body\":1,\"id\":\"a\"},{\"to\":\"/topic/a\",\"id\":\"b\"}]");
		assertThat(bad.status()).isEqualTo(400);
		assertThat(bad.code()).isEqualTo("bad_request");
		assertThat(TestPublisher.codes(bad)).containsExactly("bad_frame", "bad_request");
		assertThat(TestPublisher.result(bad, 1).path("id").asString()).isEqualTo("b");
		Answer alone = ann.publish(List.of(Map.of("to", "/queue/closed", "body", 1)));
		assertThat(alone.status()).isEqualTo(403);
	}

}
