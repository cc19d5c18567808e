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

	/** No stamp of a password here. */
	private static final String ELSEWHERE = "elsewhere";

	public Account {
		roles = Set.copyOf(roles);
	}

	/**
	 * Somebody whose account is elsewhere, as an authentication provider vouched for
	 * them.
	 */
	static Account elsewhere(String username, Set<String> roles) {
		return new Account(username, roles, false, Instant.EPOCH, ELSEWHERE);
	}

	/** Whether there is no account of theirs here. */
	public boolean isElsewhere() {
		return this.stamp.equals(ELSEWHERE);
	}

}
