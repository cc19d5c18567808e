package dev.usher.account;

import java.util.Map;
import java.util.Set;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of the demo's accounts where its profile is not active. */
class DemoAccountsTests {

	/** Versions before the note made them like all others. */
	private static void insertOlder(HttpNode node, String username, String password) {
		node.bean(AccountRepository.class)
			.insert(username, node.bean(PasswordHashing.class).hash(password), Set.of("user"), node.clock().instant(),
					false);
		node.bean(JdbcClient.class).sql("UPDATE accounts SET demo = NULL WHERE username = ?").param(username).update();
	}

	@ParameterizedTest
	@EnumSource(Store.class)
	void accountWhenOlderThanTheNoteThenItsPasswordTells(Store store) {
		try (HttpNode node = HttpNode.start(store)) {
			insertOlder(node, "Alice", "wonderland");
			insertOlder(node, "bob", "a password of his own");
			insertOlder(node, "carol", "wonderland");
			Answer before = node.login("alice", "wonderland");
			assertThat(before.status()).isEqualTo(200);
			node.bean(FirstAccounts.class).afterSingletonsInstantiated();
			assertThat(node.login("alice", "wonderland").code()).isEqualTo("bad_credentials");
			assertThat(node.refresh(before.text("refresh_token")).status()).isEqualTo(401);
			assertThat(node.get("/auth/me", before.text("access_token")).status()).isEqualTo(401);
			assertThat(node.login("bob", "a password of his own").status()).isEqualTo(200);
			// No name of the demo, so whoever chose it has it still.
			assertThat(node.login("carol", "wonderland").status()).isEqualTo(200);
			assertThat(node.call("PATCH", "/admin/accounts/alice", node.admin(), Map.of("disabled", false))
				.json()
				.path("disabled")
				.asBoolean()).isTrue();
			assertThat(node.login("alice", "wonderland").code()).isEqualTo("bad_credentials");
			node.call("PATCH", "/admin/accounts/alice", node.admin(), Map.of("password", HttpNode.PASSWORD));
			assertThat(node.login("alice").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(Store.class)
	void administratorWhenItIsTheDemosAloneThenGetsANewPassword(Store store) {
		try (HttpNode node = HttpNode.start(store)) {
			node.bean(JdbcClient.class)
				.sql("UPDATE accounts SET demo = NULL, password_hash = ? WHERE username = 'admin'")
				.param(node.bean(PasswordHashing.class).hash("wonderland"))
				.update();
			String token = node.login("admin", "wonderland").text("access_token");
			node.bean(FirstAccounts.class).afterSingletonsInstantiated();
			assertThat(node.login("admin", "wonderland").code()).isEqualTo("bad_credentials");
			assertThat(node.get("/auth/me", token).status()).isEqualTo(401);
			assertThat(node.bean(Accounts.class).findEnabled("admin")).isPresent();
		}
	}

}
