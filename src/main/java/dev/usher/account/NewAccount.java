package dev.usher.account;

import java.util.Objects;
import java.util.Set;

import dev.usher.protocol.RequiredMember;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /admin/accounts}.
 *
 * @param username the name
 * @param password the password, or JSON's {@code null} for an account without one
 * @param roles the roles, which may be none
 */
record NewAccount(String username, JsonNode password, Set<String> roles) {

	NewAccount {
		RequiredMember.check("username", username);
		RequiredMember.check("password", GivenPassword.of(password));
		RequiredMember.check("roles", roles);
	}

	/** The password, or null where the account is to have none. */
	@Nullable String givenPassword() {
		return Objects.requireNonNull(GivenPassword.of(this.password)).text();
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "NewAccount[username=" + this.username + ", roles=" + this.roles + "]";
	}

}
