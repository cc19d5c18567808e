package dev.usher.account;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/**
 * A password was wrong, or its account is disabled. Says the same to the client as where
 * there is no such account; says to the audit log which account it was.
 */
public final class WrongPasswordException extends RefusedException {

	private final String username;

	WrongPasswordException(String username) {
		super(Reason.BAD_CREDENTIALS);
		this.username = username;
	}

	/** The name of the account that the password does not open. */
	public String username() {
		return this.username;
	}

}
