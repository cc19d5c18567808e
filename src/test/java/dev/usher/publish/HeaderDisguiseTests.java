package dev.usher.publish;

import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names of publishers' headers. Clients trim and fold names, so one that only looks like
 * the gateway's own would become it at the subscriber.
 */
class HeaderDisguiseTests {

	private static HttpNode node;

	private static TestPublisher ann;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.access[0].destination=/**", "usher.access[0].publish=*",
				"usher.access[0].subscribe=*");
		node.makeUser("ann", "user");
		ann = TestPublisher.of(node, "ann");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00a0user-name", "user-name\u00a0", "\ufeffack", "\u2003offset", "epoch\u3000",
			"redeli\u200bvered", "\u00adsession", "s\u0435ssion", "user name", " ack", "ack ", "a\tb", "a:b",
			"a\u007fb", "\u00e9" })
	void headerWhenItsNameIsNotPlainThenTheMessageIsRefused(String name) {
		for (String to : List.of("/user/ann/topic/h", "/user/ann/queue/h")) {
			Answer answer = ann.publish(List.of(Map.of("to", to, "body", 1, "headers", Map.of(name, "admin")),
					Map.of("to", to, "body", 1, "headers", Map.of("mine", "\u00e9\ud83d\ude00"))));
			assertThat(TestPublisher.codes(answer)).containsExactly("bad_request", "ok");
			assertThat(TestPublisher.result(answer, 0).path("error").path("message").asString())
				.matches("[\\x20-\\x7e…]+");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00a0user-name", "user-name\u00a0", "\ufeffack", "\u2003offset", "epoch\u3000",
			"redeli\u200bvered", "s\u0435ssion", "user name", " ack", "ack ", "a\\cb", "a\\nb", "\u00e9" })
	void sendWhenAHeadersNameIsNotPlainThenItIsABadFrame(String name) {
		try (StompClient client = StompClient.connect(node.port(), ann.token());
				StompClient reader = StompClient.connect(node.port(), ann.token())) {
			reader.subscribe("r", "/user/topic/h");
			client.send(StompFrame.of("SEND", "destination:/user/ann/topic/h", name + ":admin").body("x"));
			StompFrame error = client.expectError("bad_frame", 4500);
			assertThat(error.header("message")).contains("printable ASCII").matches("[\\x20-\\x7e]+");
			reader.expectNothing();
		}
	}

	@Test
	void headerWhenItIsTheGatewaysInAnotherCaseThenItNeverArrives() {
		List<String> owned = List.of("User-Name", "ACK", "Offset", "Epoch", "Redelivered", "SESSION", "Message-Id",
				"Sender", "sender", "DPoP", "Content-Length");
		for (String name : owned) {
			assertThat(TestPublisher
				.codes(ann.publish(List.of(Map.of("to", "/topic/h", "body", 1, "headers", Map.of(name, "x")),
						Map.of("to", "/topic/h", "body", 1)))))
				.as(name)
				.containsExactly("bad_request", "ok");
		}
		try (StompClient client = StompClient.connect(node.port(), ann.token())) {
			client.subscribe("r", "/user/topic/own");
			StompFrame send = StompFrame.of("SEND", "destination:/user/ann/topic/own", "mine:\u00e9 \ud83d\ude00");
			owned.stream().filter((name) -> !name.equals("DPoP")).forEach((name) -> send.headers().put(name, "forged"));
			send.headers().remove("Content-Length");
			client.send(send.body("x"));
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.headers()).containsEntry("mine", "\u00e9 \ud83d\ude00").doesNotContainValue("forged");
		}
	}

}
