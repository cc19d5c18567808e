package dev.usher.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import dev.usher.token.Revocation;
import dev.usher.token.Revocations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What an administrator can revoke, and what dies of it. */
class RevocationTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
		node.makeUser("alice", "user");
		node.makeUser("bob", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static Answer revoke(Object body) {
		return node.call("POST", "/admin/revocations", node.admin(), body);
	}

	private static Answer me(Answer login) {
		return node.get("/auth/me", login.text("access_token"));
	}

	@Test
	void userWhenRevokedThenEverythingEndsAndTheyMayLogInAgain() {
		Answer login = node.login("alice");
		Answer bob = node.login("bob");
		try (StompClient client = StompClient.connect(node.port(), login.text("access_token"))) {
			node.clock().advance(Duration.ofSeconds(1));
			Answer made = revoke(Map.of("username", "ALICE"));
			assertThat(made.status()).as(made.toString()).isEqualTo(201);
			assertThat(made.text("username")).isEqualTo("alice");
			client.expectError("revoked", 4503);
		}
		assertThat(me(login).code()).isEqualTo("revoked");
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		assertThat(me(bob).status()).isEqualTo(200);
		node.clock().advance(Duration.ofSeconds(1));
		assertThat(me(node.login("alice")).status()).isEqualTo(200);
	}

	@Test
	void userWhenRevokedBeforeATimeThenNewerTokensLive() {
		Answer older = node.login("alice");
		node.clock().advance(Duration.ofSeconds(2));
		long now = node.clock().instant().getEpochSecond();
		Answer newer = node.login("alice");
		Answer made = revoke(Map.of("username", "alice", "issued_before", now));
		assertThat(made.json().path("issued_before").asLong()).isEqualTo(now);
		assertThat(me(older).code()).isEqualTo("revoked");
		assertThat(me(newer).status()).isEqualTo(200);
		// Its session lives: it gets a newer token.
		assertThat(node.refresh(older.text("refresh_token")).status()).isEqualTo(200);
	}

	@Test
	void sessionWhenRevokedThenThatOneEnds() {
		Answer one = node.login("alice");
		Answer two = node.login("alice");
		assertThat(revoke(Map.of("session_id", one.text("session_id"))).status()).isEqualTo(201);
		assertThat(me(one).code()).isEqualTo("revoked");
		assertThat(node.refresh(one.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		assertThat(me(two).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"username\":\"a\",\"session_id\":\"b\"}", "{\"username\":\"\"}",
			"{\"username\":\"a\",\"issued_before\":-1}", "{\"username\":\"a\",\"issued_before\":1767322800000}",
			"{\"username\":\"a\",\"issued_before\":\"x\"}", "{\"issued_before\":1}", "{\"token_id\":\"a\\u0000\"}",
			"{\"username\":\"x\\ud800y\"}", "{\"session_id\":\"\\udc00\"}", "{\"token_id\":\"a\\udfffb\"}",
			"{\"usernme\":\"a\"}" })
	void bodyWhenWrongThenIsBadRequest(String body) {
		Answer answer = node.send(node.request("/admin/revocations")
			.header("Authorization", "Bearer " + node.admin())
			.header("Content-Type", "application/json")
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));
		assertThat(answer.code()).as(answer.toString()).isEqualTo("bad_request");
	}

	@Test
	void callerWhenNoAdministratorThenIsForbidden() {
		String token = node.login("alice").text("access_token");
		assertThat(node.call("POST", "/admin/revocations", token, Map.of("username", "bob")).code())
			.isEqualTo("forbidden");
	}

	@Test
	void foreignTokenWhenRevokedByIdOrUserThenDiesForAsLongAsItCouldLive() {
		try (TestGateway gateway = TestGateway.start()) {
			Revocations revocations = gateway.bean(Revocations.class);
			String token = gateway.token("carol", Duration.ofDays(29), Map.of("jti", "the-one"));
			revocations.revoke(revocations.lasting(Revocation.Kind.TOKEN, "the-one", null));
			gateway.clock().advance(Duration.ofDays(28));
			refused(gateway, token, "revoked");
			// One that lives longer than a revocation is kept is never taken.
			refused(gateway, gateway.token("carol", Duration.ofDays(31), Map.of()), "unauthorized");
		}
	}

	private static void refused(TestGateway gateway, String token, String code) {
		try (StompClient client = gateway.open()) {
			assertThat(client.sendConnect(token).read().header("code")).isEqualTo(code);
		}
	}

	@Test
	void userWhenRevokedWithManySocketsOpenThenAllCloseAndNoOther() {
		try (TestGateway gateway = TestGateway.start("usher.connect.per-user=0")) {
			List<StompClient> clients = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				clients.add(gateway.connect("carol"));
			}
			StompClient other = gateway.connect("dave");
			Revocations revocations = gateway.bean(Revocations.class);
			revocations.revoke(revocations.lasting(Revocation.Kind.USER, "carol", null));
			clients.forEach((client) -> client.expectError("revoked", 4503));
			other.subscribe("s", "/user/queue/x");
			clients.forEach(StompClient::close);
		}
	}

}
