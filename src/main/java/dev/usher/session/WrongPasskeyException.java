package dev.usher.session;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * A passkey was not accepted. Says the same to the client whatever was wrong; says to the
 * audit log which account it was.
 */
public final class WrongPasskeyException extends RefusedException {

	private final @Nullable String username;

	/**
	 * @param username whose passkey it claims to be, or null where nobody here has it
	 */
	public WrongPasskeyException(@Nullable String username) {
		super(Reason.BAD_CREDENTIALS, "The passkey is not accepted.");
		this.username = username;
	}

	/** The name of the account that the passkey would open, or null. */
	public @Nullable String username() {
		return this.username;
	}

}
