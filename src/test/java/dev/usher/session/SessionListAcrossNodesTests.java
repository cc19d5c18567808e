package dev.usher.session;

import java.util.Base64;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** A list of sessions counts the connections of both nodes, with a limit or without. */
class SessionListAcrossNodesTests {

	private static RedisServer redis;

	private static HttpNode one;

	private static HttpNode other;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		String database = Postgres.newMigratedDatabase();
		one = node("one", database);
		other = node("other", database);
		other.clock().set(one.clock().instant());
		one.makeUser("ann", "user");
	}

	private static HttpNode node(String name, String database) {
		return HttpNode.start(Store.EMBEDDED,
				redis.properties("spring.datasource.url=" + database, "usher.cluster.node=" + name,
						"usher.connect.per-user=0", "usher.drain=0s",
						"usher.token.key=" + Base64.getEncoder().encodeToString(new byte[32])));
	}

	@AfterAll
	static void stop() {
		other.close();
		one.close();
		redis.close();
	}

	private static int connections(HttpNode node, Answer login, String sessionId) {
		for (JsonNode session : node.get("/auth/sessions", login.text("access_token")).json()) {
			if (session.path("session_id").asString().equals(sessionId)) {
				return session.path("connections").asInt();
			}
		}
		throw new AssertionError("no session " + sessionId);
	}

	private static void assertCount(Answer login, Answer of, int expected) {
		String id = of.text("session_id");
		Await.within(60, () -> connections(one, login, id) == expected && connections(other, login, id) == expected);
	}

	@Test
	void sessionsWhenListedOnEitherNodeThenTheConnectionsOfBothCount() {
		Answer phone = one.login("ann");
		Answer laptop = other.login("ann");
		String token = phone.text("access_token");
		try (StompClient here = StompClient.connect(one.port(), token);
				StompClient there = StompClient.connect(other.port(), token);
				StompClient third = StompClient.connect(other.port(), token)) {
			assertCount(laptop, phone, 3);
			assertCount(laptop, laptop, 0);
			there.receipt(StompFrame.of("SEND", "destination:/app/auth",
					"Authorization:Bearer " + laptop.text("access_token")));
			assertCount(laptop, phone, 2);
			assertCount(laptop, laptop, 1);
			third.sendAndWait("DISCONNECT");
			assertCount(laptop, phone, 1);
			assertThat(one.call("DELETE", "/auth/sessions/" + phone.text("session_id"), token, null).status())
				.isEqualTo(204);
			here.expectError("revoked", 4503);
			assertCount(laptop, laptop, 1);
		}
		assertCount(laptop, laptop, 0);
		JdbcTemplate rows = one.bean(JdbcTemplate.class);
		Await.until(() -> rows.queryForList("SELECT id FROM connections").isEmpty());
	}

}
