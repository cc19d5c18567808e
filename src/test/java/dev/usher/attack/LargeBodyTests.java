package dev.usher.attack;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Large bodies that trickle, and publishers who send theirs meanwhile. */
class LargeBodyTests {

	private static HttpNode node;

	private static String mallory;

	private static String billing;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.access[0].destination=/user/*/queue/**",
				"usher.access[0].publish=user", "usher.access[1].destination=/user/*/topic/**",
				"usher.access[1].publish=user");
		node.makeUser("mallory", "user");
		node.makeUser("billing", "user");
		mallory = node.login("mallory").text("access_token");
		billing = node.login("billing").text("access_token");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@Test
	void publisherWhenStrangersTrickleLargeBodiesThenIsServed() {
		attack("", SilentSockets::scattered);
		attack("", (i) -> "127.0.0.1");
	}

	@Test
	void publisherWhenAnotherPublisherTricklesLargeBodiesThenIsServed() {
		attack("Authorization: Bearer " + mallory + "\r\n", SilentSockets::scattered);
		attack("Authorization: Bearer " + mallory + "\r\n", (i) -> "127.0.0.1");
	}

	private static void attack(String credential, IntFunction<String> addresses) {
		byte[] unfinished = ("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ credential + "Transfer-Encoding: chunked\r\n\r\n11170\r\n" + " ".repeat(70_000) + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		try (SilentSockets crowd = new SilentSockets(node.port(), 4096, addresses)) {
			crowd.open(120, unfinished);
			for (int i = 0; i < 5; i++) {
				Answer answer = publish();
				assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
			}
		}
	}

	/** 1 MiB in one call. */
	private static Answer publish() {
		List<Map<String, String>> messages = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			messages.add(Map.of("to", "/user/ann/queue/bills", "body", "x".repeat(128 * 1024)));
		}
		return node.call("POST", "/api/messages", billing, messages);
	}

	@Test
	void publisherWhenItSendsManyAtOnceThenAllAreServed() {
		HttpRequest request = node.request("/api/messages")
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + billing)
			.POST(BodyPublishers
				.ofString("{\"to\":\"/user/ann/topic/bills\",\"body\":\"" + "x".repeat(200_000) + "\"}"))
			.build();
		HttpClient client = HttpClient.newHttpClient();
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int i = 0; i < 120; i++) {
			answers.add(client.sendAsync(request, BodyHandlers.ofString()));
		}
		assertThat(answers).extracting((answer) -> answer.join().statusCode()).hasSize(120).containsOnly(200);
	}

}
