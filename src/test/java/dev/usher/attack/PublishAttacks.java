package dev.usher.attack;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishers who get in each other's way, pass for somebody else, or store without end.
 */
class PublishAttacks {

	private final Target target = Targets.tight();

	@ParameterizedTest
	@ValueSource(strings = { "topic", "queue" })
	void idWhenAnotherPublisherUsedItFirstThenBothMessagesArrive(String kind) {
		String to = "/user/payer/" + kind + "/bills";
		try (StompClient reader = this.target.connect("payer"); StompClient writer = this.target.connect("billing")) {
			reader.subscribe("b", "/user/" + kind + "/bills");
			assertThat(publish("mallory", Map.of("to", to, "body", "fake", "id", "bill-42")).status()).isEqualTo(200);
			writer.receipt(StompFrame.of("SEND", "destination:" + to, "id:bill-42").body("real"));
			Answer again = publish("billing", Map.of("to", to, "body", "again", "id", "bill-42"));
			assertThat(again.json().at("/results/0/repeated").asBoolean()).isTrue();
			StompFrame fake = reader.expect("MESSAGE");
			assertThat(fake.text()).isEqualTo("fake");
			StompFrame real = reader.expect("MESSAGE");
			assertThat(real.text()).isEqualTo("real");
			reader.expectNothing();
			assertThat(fake.header("sender")).isEqualTo("mallory");
			assertThat(real.header("sender")).isEqualTo("billing");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u00a0user-name", "user-name\u00a0", "\ufeffack", "\u2003offset", "epoch ", "User-Name",
			"SENDER", "redelivered\u0085" })
	void headerWhenItsNameIsADisguiseThenItReachesNobody(String name) {
		try (StompClient reader = this.target.connect("victim"); StompClient writer = this.target.connect("mallory")) {
			reader.subscribe("a", "/user/topic/disguise");
			Answer answer = publish("mallory",
					Map.of("to", "/user/victim/topic/disguise", "body", "x", "headers", Map.of(name, "forged")));
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.code()).isEqualTo("bad_request");
			writer.send(StompFrame.of("SEND", "destination:/user/victim/topic/disguise", name + ":forged").body("x"));
			if (name.chars().allMatch((c) -> c > ' ' && c <= '~')) {
				assertThat(reader.expect("MESSAGE").headers()).doesNotContainValue("forged");
			}
			else {
				writer.expectError("bad_frame", 4500);
				reader.expectNothing();
			}
		}
	}

	@Test
	void logsWhenSomebodyMakesThemForAnotherThenTheOtherStillMakesTheirOwn() {
		List<String> to = IntStream.range(0, Targets.LOGS_PER_OWNER + 5)
			.mapToObj((i) -> "/user/crowded/queue/junk" + i)
			.toList();
		Answer flood = publish("mallory", Map.of("to", to, "body", "x"));
		assertThat(flood.status()).isEqualTo(207);
		assertThat(flood.json().path("results").findValues("offset")).hasSize(Targets.LOGS_PER_OWNER);
		assertThat(flood.json().findValuesAsString("code")).hasSize(5).containsOnly("overloaded");
		try (StompClient client = this.target.connect("crowded")) {
			for (int i = 0; i < Targets.LOGS_PER_OWNER; i++) {
				client.subscribe("s" + i, "/user/queue/own" + i);
			}
		}
		assertThat(publish("billing", Map.of("to", "/user/crowded/queue/bills", "body", "x")).status()).isEqualTo(200);
	}

	@Test
	void bytesWhenOneTokenStoresWithoutEndThenItAloneIsRefused() {
		String body = "x".repeat(200_000);
		int stored = 0;
		Answer answer = publish("hoarder", Map.of("to", "/user/u0/queue/a", "body", body));
		while (answer.status() == 200 && stored < 100) {
			stored++;
			answer = publish("hoarder", Map.of("to", "/user/u" + stored + "/queue/a", "body", body));
		}
		assertThat(stored * 200_000L).isBetween(Targets.PUBLISHER_BYTES / 2, Targets.PUBLISHER_BYTES);
		assertThat(answer.status()).isEqualTo(429);
		assertThat(answer.code()).isEqualTo("overloaded");
		assertThat(Long.parseLong(answer.header("Retry-After"))).isBetween(1L, 86_400L);
		try (StompClient client = this.target.connect("hoarder")) {
			// What is left is less than a message of the call, and no more than three of
			// these.
			for (int i = 0; i < 4; i++) {
				client.send(StompFrame.of("SEND", "destination:/user/u0/queue/a").body("x".repeat(60_000)));
			}
			client.expectErrorAfterMessages("overloaded", 4015);
		}
		assertThat(publish("billing", Map.of("to", "/user/u0/queue/a", "body", "x")).status()).isEqualTo(200);
		assertThat(publish("hoarder", Map.of("to", "/user/u0/topic/a", "body", "live")).status()).isEqualTo(200);
	}

	@Test
	void bytesWhenAnInboxIsFilledThenOthersInboxesAreNot() {
		String body = "x".repeat(200_000);
		int stored = 0;
		while (stored < 100
				&& publish("filler" + stored / 5, Map.of("to", "/user/full/queue/a", "body", body)).status() == 200) {
			stored++;
		}
		assertThat(stored * 200_000L).isBetween(Targets.OWNER_BYTES / 2, Targets.OWNER_BYTES);
		assertThat(publish("billing", Map.of("to", "/user/full/queue/b", "body", body)).status()).isEqualTo(429);
		assertThat(publish("billing", Map.of("to", "/user/roomy/queue/b", "body", body)).status()).isEqualTo(200);
	}

	private Answer publish(String user, Map<String, Object> message) {
		return this.target.call("POST", "/api/messages", Target.token(user), message);
	}

}
