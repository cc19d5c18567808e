package dev.usher.account;

import java.util.Objects;
import java.util.Set;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /admin/accounts}.
 *
 * @param username the name
 * @param password the password, or JSON's {@code null} for an account without one
 * @param roles the roles, which may be none
 */
record NewAccount(String username, JsonNode password, Set<String> roles) implements CheckedBody {

	@Override
	public void check() {
		MemberRules.required("username", this.username);
		MemberRules.required("password", GivenPassword.of(this.password));
		MemberRules.required("roles", this.roles);
		MemberRules.strings("roles", this.roles);
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
