package dev.usher.session;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;

/**
 * The body of {@code POST /auth/password}.
 *
 * @param currentPassword proves that it is the owner who asks, not who found their device
 * open
 * @param newPassword the one to take its place
 */
record PasswordRequest(String currentPassword, String newPassword) implements CheckedBody {

	@Override
	public void check() {
		MemberRules.required("current_password", this.currentPassword);
		MemberRules.required("new_password", this.newPassword);
	}

	/** Keeps the passwords out of logs. */
	@Override
	public String toString() {
		return "PasswordRequest";
	}

}
