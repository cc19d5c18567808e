package dev.usher.audit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.LogReader;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever is refused can ask an operator, and the operator finds it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RefusalAuditTests {

	private static final Duration QUARTER = Duration.ofMinutes(15);

	private static TestGateway gateway;

	private final LogReader log = new LogReader();

	private final List<String> secrets = new ArrayList<>();

	@BeforeAll
	static void start() {
		gateway = TestGateway.start("usher.access[4].destination=/topic/staff/**", "usher.access[0].publish=nobody");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@AfterEach
	void tearDown() {
		this.log.close();
		String all = String.join("\n", this.log.lines());
		this.secrets.forEach((secret) -> assertThat(all.contains(secret)).as(secret).isFalse());
	}

	private String bad(Map<String, Object> claims) {
		String token = gateway.token("ann", QUARTER, claims);
		this.secrets.add(token);
		this.secrets.add(token.substring(token.lastIndexOf('.') + 1));
		return token;
	}

	private String audited(String... parts) {
		List<String> found = new ArrayList<>();
		Awaitility.await().until(() -> {
			this.log.lines()
				.stream()
				.filter((line) -> line.startsWith("usher.audit ") && List.of(parts).stream().allMatch(line::contains))
				.forEach(found::add);
			return !found.isEmpty();
		});
		return found.get(0);
	}

	private static double counted(String event, String reason) {
		return gateway.bean(MeterRegistry.class)
			.find("usher.events")
			.tags("event", event, "outcome", "refused", "reason", reason)
			.counters()
			.stream()
			.mapToDouble((counter) -> counter.count())
			.sum();
	}

	private static Answer call(String method, String path, String token, String body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + gateway.port() + path))
			.header("Content-Type", "application/json")
			.method(method, BodyPublishers.ofString(body));
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		return new Answer(HttpClient.newHttpClient().sendAsync(request.build(), BodyHandlers.ofString()).join());
	}

	@Test
	void tokenWhenRefusedAtConnectThenTheLogSaysWhyAndTheErrorDoesNot() {
		try (StompClient client = gateway.open()) {
			client.sendConnect(bad(Map.of("aud", "another")));
			StompFrame error = client.expectError("unauthorized", 4502);
			assertThat(error.toString()).doesNotContain("audience", "another");
			assertThat(error.header("incident")).matches("[2-9a-z]{8}");
			assertThat(audited("connect refused", "incident=\"" + error.header("incident") + "\""))
				.contains("reason=\"audience\" issuer=\"test-issuer\"", "from=\"127.0.0.1\"");
			assertThat(counted("connect", "audience")).isPositive();
		}
	}

	@Test
	void tokenWhenRefusedOverHttpThenTheLogSaysWhyAndTheAnswerDoesNot() {
		Answer answer = call("GET", "/auth/me", bad(Map.of("iss", "https://else.example")), "");
		assertThat(answer.code()).isEqualTo("unauthorized");
		assertThat(answer.toString()).doesNotContain("issuer", "else.example");
		assertThat(audited("request refused", "incident=\"" + answer.text("incident") + "\""))
			.contains("what=\"GET /auth/me\"", "reason=\"issuer\" issuer=\"https://else.example\"");
		assertThat(counted("request", "issuer")).isPositive();
	}

	@Test
	void tokenWhenRefusedAtTheHandshakeOrOnALiveConnectionThenIsWrittenDown() {
		RawWebSocket.open(gateway.port(), "/ws", Map.of("Authorization", "Bearer " + bad(Map.of("aud", "handshake"))))
			.close();
		try (StompClient client = gateway.connect("ann")) {
			client.send("SEND", "destination:/app/auth", "Authorization:Bearer " + bad(Map.of("aud", "later")));
			StompFrame error = client.expectError("unauthorized", 4502);
			audited("frame refused", "reason=\"audience\"", error.header("incident"));
		}
		audited("connect refused", "reason=\"audience\"");
	}

	@Test
	void publishWhenRefusedThenIsWrittenDownHoweverItCame() {
		try (StompClient client = gateway.connect("ann")) {
			client.publish("/topic/secret", "x");
			StompFrame error = client.expectError("forbidden", 4504);
			audited("frame refused who=\"ann\"", "what=\"SEND /topic/secret\" reason=\"forbidden\"",
					"incident=\"" + error.header("incident"));
		}
		try (StompClient client = gateway.connect("ann")) {
			client.publish("/topic/*", "x").expectError("bad_frame", 4500);
			audited("frame refused who=\"ann\"", "what=\"SEND /topic/*\" reason=\"bad_frame\"");
		}
		call("POST", "/api/messages", gateway.token("ann"),
				"[{\"to\":[\"/topic/a\",\"/topic/b\",\"/topic/c\"],\"body\":1},{\"to\":\"/nowhere\",\"body\":1}]");
		audited("publish refused who=\"ann\"", "what=\"/topic/a and 2 more\" reason=\"forbidden\"", "incident=");
		audited("publish refused who=\"ann\"", "what=\"/nowhere\" reason=\"bad_frame\"");
		call("POST", "/api/messages", gateway.token("ann"), "{");
		audited("publish refused who=\"ann\"", "what=\"all\" reason=\"bad_request\"");
		assertThat(counted("publish", "forbidden")).isEqualTo(1);
	}

	@Test
	void adminCallWhenForbiddenThenIsWrittenDown() {
		Answer answer = call("GET", "/admin/accounts", gateway.token("ben"), "");
		assertThat(answer.code()).isEqualTo("forbidden");
		assertThat(audited("request refused who=\"ben\"", "incident=\"" + answer.text("incident") + "\""))
			.contains("what=\"GET /admin/accounts\" reason=\"forbidden\"");
		assertThat(counted("request", "forbidden")).isPositive();
	}

	@Test
	void subscribeWhenForbiddenThenErrorAndLineHaveTheSameIncident() {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SUBSCRIBE", "id:1", "destination:/user/ben/topic/x");
			StompFrame error = client.expectError("forbidden", 4504);
			audited("frame refused", "incident=\"" + error.header("incident"));
		}
	}

	/** Else the first of each would be no rise to whoever reads the counter. */
	@Test
	@Order(0)
	void meterWhenNothingHasHappenedThenUsualRefusalsAreThereAtZero() {
		for (String event : List.of("request signature", "request forbidden", "connect issuer", "connect auth_timeout",
				"connect bad_request", "publish unknown_user", "frame bad_frame", "refresh refresh_reused",
				"token bad_request", "login storage_unavailable")) {
			String[] words = event.split(" ");
			assertThat(gateway.bean(MeterRegistry.class)
				.find("usher.events")
				.tags("event", words[0], "outcome", "refused", "reason", words[1])
				.counter()).as(event).isNotNull();
		}
		assertThat(gateway.bean(MeterRegistry.class)
			.find("usher.events")
			.tags("event", "disconnect", "outcome", "ended", "reason", "slow_consumer")
			.counter()).isNotNull();
	}

	/** The last: so many refusals alike are summed up, and what follows with them. */
	@Test
	@Order(Integer.MAX_VALUE)
	void meterWhenStrangersInventIssuersAndKeysThenDoesNotGrow() {
		call("GET", "/auth/me", bad(Map.of("iss", "https://first.example")), "");
		int before = gateway.bean(MeterRegistry.class).find("usher.events").counters().size();
		for (int i = 0; i < 50; i++) {
			call("GET", "/auth/me", bad(Map.of("iss", "https://" + i + ".example")), "");
		}
		assertThat(gateway.bean(MeterRegistry.class).find("usher.events").counters()).hasSize(before);
	}

}
