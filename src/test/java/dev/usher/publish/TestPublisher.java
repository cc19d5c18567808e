package dev.usher.publish;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Somebody who publishes over HTTP.
 *
 * @param node where
 * @param token what they show
 */
record TestPublisher(HttpNode node, String token) {

	static TestPublisher of(HttpNode node, String username) {
		return new TestPublisher(node, node.login(username).text("access_token"));
	}

	Answer publish(Object body) {
		return this.node.call("POST", "/api/messages", this.token, body);
	}

	Answer post(String body) {
		return post(body.getBytes(StandardCharsets.UTF_8));
	}

	Answer post(byte[] body) {
		return this.node.send(this.node.request("/api/messages")
			.header("Authorization", "Bearer " + this.token)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofByteArray(body)));
	}

	static JsonNode result(Answer answer, int index) {
		return answer.json().path("results").path(index);
	}

	/** The code of each result, {@code ok} where it has none. */
	static List<String> codes(Answer answer) {
		List<String> codes = new ArrayList<>();
		answer.json().path("results").forEach((result) -> codes.add(result.path("error").path("code").asString("ok")));
		if (codes.isEmpty()) {
			codes.add(answer.toString());
		}
		return codes;
	}

	/** The bodies a log has in the database. */
	List<String> stored(String address) {
		return this.node.bean(JdbcClient.class).sql("""
				SELECT m.body FROM inbox_messages m JOIN inbox_logs l ON l.id = m.log_id
				WHERE l.address = ? ORDER BY m.log_offset
				""").param(address).query((row, number) -> new String(row.getBytes(1), StandardCharsets.UTF_8)).list();
	}

}
