package dev.usher.attack;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

import dev.usher.testing.Answer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Large bodies that trickle, and publishers who send theirs meanwhile. */
class LargeBodyAttacks {

	/** More than twice as many as are read at once. */
	private static final int CROWD = 120;

	/** How long one call may take on a busy machine; an unfinished body lasts as long. */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Target target = ReviewIT.target();

	private final String billing = Target.token("billing");

	@Test
	void publisherWhenStrangersTrickleLargeBodiesThenIsServed() {
		attack("", SilentSockets::scattered);
		attack("", (i) -> "127.0.0.1");
	}

	@Test
	void publisherWhenAnotherPublisherTricklesLargeBodiesThenIsServed() {
		String credential = "Authorization: Bearer " + Target.token("mallory") + "\r\n";
		attack(credential, SilentSockets::scattered);
		attack(credential, (i) -> "127.0.0.1");
	}

	private void attack(String credential, IntFunction<String> addresses) {
		byte[] unfinished = ("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ credential + "Transfer-Encoding: chunked\r\n\r\n11170\r\n" + " ".repeat(70_000) + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		try (SilentSockets crowd = new SilentSockets(this.target.port(), 4096, addresses)) {
			crowd.open(CROWD, unfinished);
			for (int i = 0; i < 5; i++) {
				Answer answer = this.target.send(publication(batch()).timeout(PATIENCE));
				assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
				assertThat(this.target.send(this.target.request("/actuator/health/liveness").timeout(PATIENCE).GET())
					.status()).isEqualTo(200);
			}
		}
	}

	private HttpRequest.Builder publication(Object body) {
		return this.target.request("/api/messages")
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + this.billing)
			.POST(BodyPublishers.ofString(Target.json(body)));
	}

	/** 1 MiB in one call. */
	private static List<Map<String, String>> batch() {
		List<Map<String, String>> messages = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			messages.add(Map.of("to", "/user/ann/queue/bills", "body", "x".repeat(128 * 1024)));
		}
		return messages;
	}

	@Test
	void publisherWhenItSendsManyAtOnceThenAllAreServed() {
		HttpRequest request = publication(Map.of("to", "/user/ann/topic/bills", "body", "x".repeat(200_000))).build();
		HttpClient client = HttpClient.newHttpClient();
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int i = 0; i < CROWD; i++) {
			answers.add(client.sendAsync(request, BodyHandlers.ofString()));
		}
		assertThat(answers).extracting((answer) -> answer.join().statusCode()).hasSize(CROWD).containsOnly(200);
	}

}
