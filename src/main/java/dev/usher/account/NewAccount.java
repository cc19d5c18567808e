package dev.usher.account;

import java.util.Set;

import dev.usher.protocol.RequiredMember;

/**
 * The body of {@code POST /admin/accounts}.
 *
 * @param username the name
 * @param password the password
 * @param roles the roles, which may be none
 */
record NewAccount(String username, String password, Set<String> roles) {

	NewAccount {
		RequiredMember.check("username", username);
		RequiredMember.check("password", password);
		RequiredMember.check("roles", roles);
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "NewAccount[username=" + this.username + ", roles=" + this.roles + "]";
	}

}
