package dev.usher.attack;

import java.time.Clock;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether who is refused is told what to do, and the operator who and why. */
class RefusalReview {

	private final Target target = ReviewIT.target();

	private Answer publish(Object messages) {
		return this.target.call("POST", "/api/messages", Target.token("writer"), messages);
	}

	@ParameterizedTest
	@CsvSource({ "/queue/closed,403,forbidden", "/topic/*,400,bad_frame", "/nowhere,400,bad_frame" })
	void messageWhenItFailsAloneThenTheCallFailsAsItDid(String to, int status, String code) {
		Answer answer = publish(Map.of("to", to, "body", "x"));
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.code()).isEqualTo(code);
	}

	@Test
	void messagesWhenSomeFailThenMultiStatusAndWhenAllFailAlikeThatStatus() {
		assertThat(publish(Map.of("to", "/topic/a", "body", "x".repeat(300_000))).status()).isEqualTo(413);
		assertThat(publish(Map.of("to", List.of("/topic/a", "/queue/closed"), "body", "x")).status()).isEqualTo(207);
		assertThat(publish(Map.of("to", List.of("/queue/shut", "/queue/closed"), "body", "x")).status()).isEqualTo(403);
		assertThat(publish(Map.of("to", List.of("/topic/a", "/topic/b"), "body", "x")).status()).isEqualTo(200);
	}

	/** The login page would be of no use: it is the identity provider that is down. */
	@Test
	void issuerWhenItIsDownThenClientsAreToldToComeBack() {
		String token = ReviewIT.away().sign(ReviewIT.away().token(Clock.systemUTC()));
		StompFrame error = this.target.refuses(token, "issuer_unavailable", 4018);
		assertThat(error.header("retry")).isEqualTo("reconnect");
		assertThat(Integer.parseInt(error.header("retry-after"))).isPositive();
		Answer answer = this.target.call("GET", "/auth/me", token, null);
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.code()).isEqualTo("issuer_unavailable");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/topic/greetings", "/users/ann/topic/greetings", "/user/ann/greetings" })
	void destinationWhenAlmostRightThenPublishersAreToldTheRightForm(String destination) {
		try (StompClient client = this.target.connect("ann")) {
			StompFrame error = client.publish(destination, "x").expectError("bad_frame", 4500);
			assertThat(error.header("message")).contains("/user/{username}/topic/");
		}
		assertThat(publish(Map.of("to", destination, "body", "x")).response().body())
			.contains("/user/{username}/topic/");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/..", "/topic/a/../b", "/topic/.", "/user/ann/queue/./a" })
	void destinationWhenASegmentIsDotsThenItIsNone(String destination) {
		assertThat(publish(Map.of("to", destination, "body", "x")).code()).isEqualTo("bad_frame");
		try (StompClient client = this.target.connect("ann")) {
			client.send("SUBSCRIBE", "id:1", "destination:" + destination.replace("/user/ann/", "/user/"))
				.expectError("bad_frame", 4500);
		}
	}

	@Test
	void tokenWhenRefusedThenTheLogSaysWhyAndTheClientHasTheNumberOfTheLine() {
		StompFrame error = this.target.refuses(Target.tokenOf("ann").claim("aud", "another").sign(Target.SECRET),
				"unauthorized", 4502);
		assertThat(error.toString()).doesNotContain("audience", "another");
		assertThat(lineOf(error.header("incident"))).contains("connect refused",
				"reason=\"audience\" issuer=\"" + Target.ISSUER + "\"");
		Answer answer = this.target.call("GET", "/auth/me",
				Target.tokenOf("ann").claim("iss", "https://else.example").sign(Target.SECRET), null);
		assertThat(lineOf(answer.text("incident"))).contains("request refused", "what=\"GET /auth/me\"",
				"reason=\"issuer\" issuer=\"https://else.example\"");
	}

	@Test
	void publishOrAdminCallWhenRefusedThenIsALineOfTheLog() {
		Answer call = this.target.call("GET", "/admin/accounts", Target.token("mallory"), null);
		assertThat(lineOf(call.text("incident"))).contains("request refused who=\"mallory\"",
				"what=\"GET /admin/accounts\" reason=\"forbidden\"");
		assertThat(publish(Map.of("to", "/queue/closed", "body", "x")).status()).isEqualTo(403);
		this.target.process().awaitOutput("what=\"/queue/closed\" reason=\"forbidden\"");
		try (StompClient client = this.target.connect("mallory")) {
			StompFrame error = client.publish("/queue/closed", "x").expectError("forbidden", 4504);
			assertThat(lineOf(error.header("incident"))).contains("what=\"SEND /queue/closed\" reason=\"forbidden\"");
		}
	}

	private String lineOf(String incident) {
		assertThat(incident).matches("[2-9a-z]{8}");
		String number = "incident=\"" + incident + "\"";
		return this.target.process()
			.awaitOutput(number)
			.lines()
			.filter((line) -> line.contains(number))
			.findFirst()
			.orElseThrow();
	}

}
