package dev.usher.account;

import java.time.Instant;
import java.util.Set;

/**
 * Somebody who may log in.
 *
 * @param username the name as it was given at the start; unique whatever its case
 * @param roles what they are
 * @param disabled whether they are kept out for now
 * @param createdAt when the account was made
 * @param stamp changes with every change of the password; whoever verified a password
 * holds the stamp it was verified under
 */
public record Account(String username, Set<String> roles, boolean disabled, Instant createdAt, String stamp) {

	public Account {
		roles = Set.copyOf(roles);
	}

}
