package dev.usher.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Each event is written, as JSON, and none of them holds a secret. */
@ExtendWith(OutputCaptureExtension.class)
class AuditTests {

	private static final JsonMapper mapper = new JsonMapper();

	private final List<String> secrets = new ArrayList<>();

	@Test
	void eventsWhenTheyHappenThenEachIsALineOfJsonWithoutSecrets(CapturedOutput output) {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.audit.format=json",
				"usher.login.account-attempts=2")) {
			this.secrets.add(node.adminPassword());
			causeEvents(node);
			Awaitility.await()
				.until(() -> output.getOut()
					.contains("\"event\":\"disconnect\",\"outcome\":\"ended\",\"who\":\"carol\""));
		}
		List<JsonNode> events = output.getOut()
			.lines()
			.filter((line) -> line.startsWith("{"))
			.map(mapper::readTree)
			.toList();
		assertThat(events.stream().map(AuditTests::summary)).contains("account success none", "login success none",
				"login refused bad_credentials", "login refused too_many_attempts", "refresh success none",
				"refresh refused refresh_reused", "refresh refused refresh_invalid", "logout success none",
				"revocation success none", "password refused bad_credentials", "password success none",
				"ticket success none", "connect success none", "connect refused signature", "connect refused forbidden",
				"connect refused token_in_url", "connect refused bad_frame", "frame refused forbidden",
				"disconnect ended forbidden", "disconnect ended revoked", "disconnect ended none");
		assertThat(events).allSatisfy((event) -> {
			assertThat(event.path("time").asString()).isNotEmpty();
			assertThat(event.path("from").asString()).isEqualTo("127.0.0.1");
		});
		JsonNode ended = first(events, "disconnect ended forbidden");
		assertThat(ended.path("what").asString()).isEqualTo("4504");
		assertThat(
				List.of(ended, first(events, "refresh success none"), first(events, "refresh refused refresh_reused")))
			.allSatisfy((event) -> {
				assertThat(event.path("who").asString()).isEqualTo("alice");
				assertThat(event.path("session").asString()).isNotEmpty();
			});
		assertThat(first(events, "login refused bad_credentials").path("what").asString()).isEqualTo("carol");
		String all = events.toString();
		this.secrets.forEach((secret) -> assertThat(all.contains(secret)).as(secret).isFalse());
	}

	private static JsonNode first(List<JsonNode> events, String summary) {
		return events.stream().filter((event) -> summary(event).equals(summary)).findFirst().orElseThrow();
	}

	private static String summary(JsonNode event) {
		return event.path("event").asString() + " " + event.path("outcome").asString() + " "
				+ event.path("reason").asString("none");
	}

	private void causeEvents(HttpNode node) {
		Stream.of("alice", "carol", "dave").forEach((name) -> node.makeUser(name, "user"));
		this.secrets.add(HttpNode.PASSWORD);
		Answer alice = login(node, "alice");
		node.login("carol", "a wrong password");
		node.login("a password typed too early", "x");
		this.secrets.add("a password typed too early");
		node.login("dave", "a wrong password");
		node.login("dave", "a wrong password");
		node.login("dave", "a wrong password");
		Answer refreshed = node.refresh(alice.text("refresh_token"));
		remember(refreshed);
		remember(node.refresh(refreshed.text("refresh_token")));
		node.refresh("x");
		sockets(node, refreshed.text("access_token"));
		node.call("POST", "/auth/password", refreshed.text("access_token"),
				Map.of("current_password", "a wrong password", "new_password", "another horse entirely"));
		node.call("POST", "/auth/password", refreshed.text("access_token"),
				Map.of("current_password", HttpNode.PASSWORD, "new_password", "another horse entirely"));
		this.secrets.addAll(List.of("a wrong password", "another horse entirely"));
		node.refresh(alice.text("refresh_token"));
		Answer carol = login(node, "carol");
		try (StompClient client = StompClient.connect(node.port(), carol.text("access_token"))) {
			node.call("POST", "/admin/revocations", node.admin(), Map.of("session_id", carol.text("session_id")));
			client.expectError("revoked", 4503);
		}
		Answer again = login(node, "carol");
		StompClient.connect(node.port(), again.text("access_token")).send("DISCONNECT", "receipt:1").expect("RECEIPT");
		node.call("POST", "/auth/logout", again.text("access_token"), null);
	}

	private void sockets(HttpNode node, String token) {
		String ticket = node.call("POST", "/auth/tickets", token, null).text("ticket");
		this.secrets.add(ticket);
		try (StompClient client = new StompClient(RawWebSocket.open(node.port(), "/ws?ticket=" + ticket, Map.of()))) {
			client.send("CONNECT", "accept-version:1.2").expect("CONNECTED");
			client.send("SEND", "destination:/topic/secret").expectError("forbidden", 4504);
		}
		try (StompClient client = StompClient.open(node.port())) {
			client.sendConnect(token + "x").expectError("unauthorized", 4502);
		}
		try (StompClient client = StompClient.open(node.port())) {
			client.sendRaw("GARBAGE\n\n\0").expectError("bad_frame", 4500);
		}
		RawWebSocket.open(node.port(), "/ws", Map.of("Origin", "https://evil.example")).close();
		RawWebSocket.open(node.port(), "/ws?access_token=" + token, Map.of()).close();
	}

	private Answer login(HttpNode node, String user) {
		Answer login = node.login(user);
		remember(login);
		return login;
	}

	private void remember(Answer answer) {
		String token = answer.text("access_token");
		this.secrets.add(token.substring(token.lastIndexOf('.') + 1));
		this.secrets.addAll(List.of(answer.text("refresh_token").split("\\.")));
	}

}
