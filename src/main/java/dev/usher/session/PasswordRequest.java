package dev.usher.session;

import dev.usher.protocol.RequiredMember;

/**
 * The body of {@code POST /auth/password}.
 *
 * @param currentPassword proves that it is the owner who asks, not who found their device
 * open
 * @param newPassword the one to take its place
 */
record PasswordRequest(String currentPassword, String newPassword) {

	PasswordRequest {
		RequiredMember.check("current_password", currentPassword);
		RequiredMember.check("new_password", newPassword);
	}

	/** Keeps the passwords out of logs. */
	@Override
	public String toString() {
		return "PasswordRequest";
	}

}
