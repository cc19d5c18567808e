package dev.usher.session;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How failed logins are answered, and by whose address they are counted. */
class LoginThrottleHttpTests {

	private static Answer login(HttpNode node, String username, String password, String... headers) {
		var request = node.request("/auth/login")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}"));
		return node.send((headers.length > 0) ? request.headers(headers) : request);
	}

	@Test
	void loginWhenGuessedThenIsHeldUpWithRetryAfterAndUnknownNamesAlike() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.login.account-attempts=3")) {
			node.makeUser("alice");
			for (String name : new String[] { "alice", "nobody" }) {
				for (int i = 0; i < 3; i++) {
					assertThat(login(node, name, "wrong").code()).isEqualTo("bad_credentials");
				}
				Answer held = login(node, name, HttpNode.PASSWORD);
				assertThat(held.status()).isEqualTo(429);
				assertThat(held.code()).isEqualTo("too_many_attempts");
				assertThat(held.header("Retry-After")).isEqualTo("30");
			}
			node.clock().advance(Duration.ofSeconds(30));
			assertThat(login(node, "alice", HttpNode.PASSWORD).status()).isEqualTo(200);
			assertThat(login(node, "alice", "wrong").code()).isEqualTo("bad_credentials");
			assertThat(login(node, "alice", HttpNode.PASSWORD).status()).isEqualTo(200);
		}
	}

	@Test
	void passwordChangeWhenCurrentOneIsGuessedThenIsHeldUp() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.login.account-attempts=2")) {
			node.makeUser("alice");
			String token = node.login("alice").text("access_token");
			Map<String, String> wrong = Map.of("current_password", "x", "new_password", "another horse entirely");
			for (int i = 0; i < 2; i++) {
				assertThat(node.call("POST", "/auth/password", token, wrong).code()).isEqualTo("bad_credentials");
			}
			assertThat(node.call("POST", "/auth/password", token, wrong).code()).isEqualTo("too_many_attempts");
		}
	}

	/** Who stole a token must not keep its owner from changing the password. */
	@Test
	void passwordChangeWhenAThiefGuessesInOneSessionThenItsOwnerChangesItInAnother() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED)) {
			node.makeUser("alice");
			String stolen = node.login("alice").text("access_token");
			String own = node.login("alice").text("access_token");
			Map<String, String> wrong = Map.of("current_password", "x", "new_password", "another horse entirely");
			for (int i = 0; i < 10; i++) {
				assertThat(node.call("POST", "/auth/password", stolen, wrong).code()).isEqualTo("bad_credentials");
			}
			assertThat(node.call("POST", "/auth/password", stolen, wrong).code()).isEqualTo("too_many_attempts");
			assertThat(node
				.call("POST", "/auth/password", own,
						Map.of("current_password", HttpNode.PASSWORD, "new_password", "another horse entirely"))
				.status()).isEqualTo(204);
			assertThat(node.get("/auth/me", stolen).status()).isEqualTo(401);
		}
	}

	@Test
	void addressWhenForgedInAHeaderThenTheConnectionsOwnCounts() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.login.address-attempts=3")) {
			for (int i = 0; i < 3; i++) {
				login(node, "user" + i, "wrong", "X-Forwarded-For", "192.0.2." + i, "Forwarded", "for=192.0.2." + i);
			}
			assertThat(login(node, "user4", "wrong", "X-Forwarded-For", "192.0.2.99").code())
				.isEqualTo("too_many_attempts");
		}
	}

	@Test
	void addressWhenBehindATrustedProxyThenTheRightmostUntrustedCounts() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.login.address-attempts=3",
				"usher.proxies=127.0.0.1,10.0.0.0/8")) {
			for (int i = 0; i < 3; i++) {
				login(node, "user" + i, "wrong", "X-Forwarded-For", "198.51.100." + i + ", 192.0.2.1, 10.1.2.3");
			}
			assertThat(login(node, "user4", "wrong", "X-Forwarded-For", "192.0.2.1").code())
				.isEqualTo("too_many_attempts");
			assertThat(login(node, "user4", "wrong", "X-Forwarded-For", "192.0.2.2").code())
				.isEqualTo("bad_credentials");
		}
	}

}
