package dev.usher.session;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Sessions over real HTTP, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class SessionTests {

	private static final int MAX_PER_USER = 5;

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.session.max-per-user=" + MAX_PER_USER);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	SessionTests(Store store) {
		assertThat(store).isNotNull();
	}

	@Test
	void loginWhenPasswordIsRightThenAnswersTokensOfOneSession() {
		node.makeUser("ann", "user");
		Answer login = node.login("ANN");
		assertThat(login.status()).isEqualTo(200);
		assertThat(login.text("token_type")).isEqualTo("Bearer");
		assertThat(login.json().path("expires_in").asInt()).isEqualTo(900);
		Answer me = node.get("/auth/me", login.text("access_token"));
		assertThat(me.text("username")).isEqualTo("ann");
		assertThat(me.json().path("roles").toString()).isEqualTo("[\"user\"]");
		assertThat(me.text("session_id")).isEqualTo(login.text("session_id"));
		assertThat(me.text("expires_at")).isEqualTo(node.clock().instant().plusSeconds(900).toString());
	}

	@Test
	void loginWhenAnythingIsWrongThenAnswersTheSame() {
		node.makeUser("wrong");
		Answer password = node.login("wrong", "not the password");
		Answer name = node.login("nobody-of-that-name", HttpNode.PASSWORD);
		Answer impossible = node.login("no\0body", HttpNode.PASSWORD);
		assertThat(password.code()).isEqualTo("bad_credentials");
		assertThat(name.response().body()).isEqualTo(password.response().body());
		assertThat(impossible.response().body()).isEqualTo(password.response().body());
	}

	@Test
	void refreshWhenTokenIsCurrentThenAnswersAnother() {
		node.makeUser("refresher", "user");
		Answer login = node.login("refresher");
		Answer refreshed = node.refresh(login.text("refresh_token"));
		assertThat(refreshed.status()).isEqualTo(200);
		assertThat(refreshed.text("session_id")).isEqualTo(login.text("session_id"));
		assertThat(refreshed.text("refresh_token")).isNotEqualTo(login.text("refresh_token"));
		assertThat(node.refresh(refreshed.text("refresh_token")).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenTokenWasUsedThenEndsTheWholeSession() {
		node.makeUser("reuser");
		Answer login = node.login("reuser");
		Answer other = node.login("reuser");
		Answer refreshed = node.refresh(login.text("refresh_token"));
		for (int i = 0; i < 3; i++) {
			refreshed = node.refresh(refreshed.text("refresh_token"));
		}
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_reused");
		assertThat(node.refresh(refreshed.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		assertThat(node.get("/auth/me", refreshed.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.get("/auth/me", other.text("access_token")).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenFamilyIsUnknownThenEndsNothing() {
		node.makeUser("target");
		Answer login = node.login("target");
		String secret = "A".repeat(43);
		for (String guess : List.of(secret + "." + secret, login.text("session_id") + "." + secret, "", "x",
				login.text("access_token"), login.text("refresh_token") + "x")) {
			assertThat(node.refresh(guess).code()).as(guess).isEqualTo("refresh_invalid");
		}
		assertThat(node.refresh(login.text("refresh_token")).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenRepeatedThenNothingGrows() {
		node.makeUser("stayer");
		Answer answer = node.login("stayer");
		long before = rows();
		for (int i = 0; i < 10; i++) {
			answer = node.refresh(answer.text("refresh_token"));
		}
		assertThat(rows()).isEqualTo(before);
	}

	private static long rows() {
		JdbcClient jdbc = node.bean(JdbcClient.class);
		return List.of("sessions", "SPRING_SESSION", "SPRING_SESSION_ATTRIBUTES")
			.stream()
			.mapToLong((table) -> jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single())
			.sum();
	}

	@Test
	void refreshWhenRolesChangedThenCarriesTheNewOnes() {
		node.makeUser("promoted", "user");
		Answer login = node.login("promoted");
		node.call("PATCH", "/admin/accounts/promoted", node.admin(), Map.of("roles", List.of("user", "service")));
		Answer refreshed = node.refresh(login.text("refresh_token"));
		assertThat(node.get("/auth/me", refreshed.text("access_token")).json().path("roles").toString())
			.isEqualTo("[\"service\",\"user\"]");
	}

	@Test
	void refreshWhenSessionExpiredThenIsInvalidAndSwept() {
		node.makeUser("sleeper");
		Answer login = node.login("sleeper");
		node.clock().advance(Duration.ofDays(30).minusSeconds(1));
		Answer refreshed = node.refresh(login.text("refresh_token"));
		assertThat(refreshed.status()).isEqualTo(200);
		node.clock().advance(Duration.ofDays(30));
		assertThat(node.refresh(refreshed.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		node.bean(LoginSessionRepository.class).cleanUpExpiredSessions();
		assertThat(rows()).isZero();
	}

	@Test
	void logoutThenEndsTheSession() {
		node.makeUser("leaver");
		Answer login = node.login("leaver");
		assertThat(node.call("POST", "/auth/logout", login.text("access_token"), null).status()).isEqualTo(204);
		Answer me = node.get("/auth/me", login.text("access_token"));
		assertThat(me.code()).isEqualTo("revoked");
		assertThat(me.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void sessionsThenListsMineWithTheirDevices() {
		node.makeUser("lister");
		node.makeUser("another");
		node.login("another");
		Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		Answer first = node.call("POST", "/auth/login", null,
				Map.of("username", "lister", "password", HttpNode.PASSWORD, "device", " my\u0000 phone\n\u202e"));
		node.clock().advance(Duration.ofSeconds(1));
		Answer second = node.send(node.request("/auth/login")
			.header("Content-Type", "application/json")
			.header("User-Agent", "B".repeat(500))
			.POST(java.net.http.HttpRequest.BodyPublishers
				.ofString("{\"username\":\"lister\",\"password\":\"" + HttpNode.PASSWORD + "\"}")));
		var list = node.get("/auth/sessions", second.text("access_token")).json();
		assertThat(list.size()).isEqualTo(2);
		assertThat(list.get(0).path("session_id").asString()).isEqualTo(first.text("session_id"));
		assertThat(list.get(0).path("device").asString()).isEqualTo("my phone");
		assertThat(list.get(0).path("current").asBoolean()).isFalse();
		assertThat(list.get(1).path("device").asString()).isEqualTo("B".repeat(128));
		assertThat(list.get(1).path("ip").asString()).isEqualTo("127.0.0.1");
		assertThat(list.get(1).path("current").asBoolean()).isTrue();
		assertThat(Instant.parse(list.get(1).path("created_at").asString())).isBetween(before, Instant.now());
		assertThat(list.get(1).path("connections").asInt()).isZero();
	}

	@Test
	void sessionsWhenUsedLaterThenShowsWhenLastSeenToTheMinute() {
		node.makeUser("seen");
		Answer login = node.login("seen");
		String token = login.text("access_token");
		node.clock().advance(Duration.ofMinutes(2));
		String seen = node.clock().instant().toString();
		node.get("/auth/me", token);
		Awaitility.await().untilAsserted(() -> assertThat(lastSeen(token)).isEqualTo(seen));
		node.clock().advance(Duration.ofSeconds(59));
		node.get("/auth/me", token);
		assertThat(lastSeen(token)).isEqualTo(seen);
	}

	private static String lastSeen(String token) {
		return node.get("/auth/sessions", token).json().get(0).path("last_seen_at").asString();
	}

	@Test
	void endWhenSessionIsMineThenEndsThatOne() {
		node.makeUser("ender");
		Answer one = node.login("ender");
		Answer two = node.login("ender");
		String path = "/auth/sessions/" + one.text("session_id");
		assertThat(node.call("DELETE", path, two.text("access_token"), null).status()).isEqualTo(204);
		assertThat(node.get("/auth/me", one.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.get("/auth/me", two.text("access_token")).status()).isEqualTo(200);
		assertThat(node.call("DELETE", path, two.text("access_token"), null).code()).isEqualTo("not_found");
	}

	@Test
	void endWhenSessionIsAnothersThenIsNotFound() {
		node.makeUser("victim");
		node.makeUser("attacker");
		Answer victim = node.login("victim");
		String token = node.login("attacker").text("access_token");
		assertThat(node.call("DELETE", "/auth/sessions/" + victim.text("session_id"), token, null).code())
			.isEqualTo("not_found");
		assertThat(node.get("/auth/me", victim.text("access_token")).status()).isEqualTo(200);
	}

	@Test
	void endAllThenEndsEveryOneOfMine() {
		node.makeUser("quitter");
		Answer one = node.login("quitter");
		Answer two = node.login("quitter");
		assertThat(node.call("DELETE", "/auth/sessions", one.text("access_token"), null).status()).isEqualTo(204);
		assertThat(node.get("/auth/me", one.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.get("/auth/me", two.text("access_token")).code()).isEqualTo("revoked");
	}

	@Test
	void loginWhenUserHasTooManyThenEndsTheOldest() {
		node.makeUser("many");
		Answer oldest = node.login("many");
		Answer newest = oldest;
		for (int i = 0; i < MAX_PER_USER; i++) {
			node.clock().advance(Duration.ofMillis(1));
			newest = node.login("many");
		}
		assertThat(node.get("/auth/me", oldest.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.get("/auth/sessions", newest.text("access_token")).json().size()).isEqualTo(MAX_PER_USER);
	}

	@Test
	void passwordWhenChangedThenEndsEveryOtherSession() {
		node.makeUser("changer");
		Answer kept = node.login("changer");
		Answer other = node.login("changer");
		Answer changed = changePassword(kept, HttpNode.PASSWORD, "another horse entirely");
		assertThat(changed.status()).isEqualTo(204);
		assertThat(node.get("/auth/me", kept.text("access_token")).status()).isEqualTo(200);
		assertThat(node.refresh(kept.text("refresh_token")).status()).isEqualTo(200);
		assertThat(node.get("/auth/me", other.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.login("changer").code()).isEqualTo("bad_credentials");
		assertThat(node.login("changer", "another horse entirely").status()).isEqualTo(200);
	}

	@Test
	void passwordWhenCurrentIsWrongOrNewIsWeakThenChangesNothing() {
		node.makeUser("keeper");
		Answer login = node.login("keeper");
		assertThat(changePassword(login, "not the password", "another horse entirely").code())
			.isEqualTo("bad_credentials");
		assertThat(changePassword(login, HttpNode.PASSWORD, "Password123").code()).isEqualTo("weak_password");
		assertThat(node.login("keeper").status()).isEqualTo(200);
	}

	private static Answer changePassword(Answer login, String current, String replacement) {
		return node.call("POST", "/auth/password", login.text("access_token"),
				Map.of("current_password", current, "new_password", replacement));
	}

	@Test
	void accountWhenDisabledDeletedOrGivenAPasswordThenItsSessionsEnd() {
		for (Map<String, ?> change : List.of(Map.of("disabled", true), Map.of("password", "given by the admin"))) {
			String username = "changed-" + change.keySet().iterator().next();
			node.makeUser(username);
			Answer login = node.login(username);
			assertThat(node.call("PATCH", "/admin/accounts/" + username, node.admin(), change).status()).isEqualTo(200);
			assertEnded(login);
			assertThat(node.login(username).code()).isEqualTo("bad_credentials");
		}
		node.makeUser("deleted");
		Answer login = node.login("deleted");
		assertThat(node.call("DELETE", "/admin/accounts/deleted", node.admin(), null).status()).isEqualTo(204);
		assertEnded(login);
	}

	private static void assertEnded(Answer login) {
		assertThat(node.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void storedThenHoldsNoTokenAndNoSecretIdIsShown() {
		node.makeUser("stored");
		Answer login = node.login("stored");
		List<Map<String, Object>> rows = node.bean(JdbcClient.class).sql("SELECT * FROM sessions").query().listOfRows();
		for (String part : login.text("refresh_token").split("\\.")) {
			assertThat(rows.toString()).doesNotContain(part);
		}
		String listed = node.get("/auth/sessions", login.text("access_token")).response().body();
		rows.forEach((row) -> assertThat(listed).doesNotContain(row.get("store_id").toString()));
	}

}
