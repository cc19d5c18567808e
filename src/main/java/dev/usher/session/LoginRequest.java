package dev.usher.session;

import dev.usher.protocol.RequiredMember;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /auth/login}.
 *
 * @param username in any case
 * @param password the password
 * @param device what to call this device in the list of sessions; the User-Agent where
 * absent
 * @param cookie whether to set a session cookie as well; it is not set where absent
 */
record LoginRequest(String username, String password, @Nullable String device, @Nullable Boolean cookie) {

	LoginRequest {
		RequiredMember.check("username", username);
		RequiredMember.check("password", password);
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "LoginRequest";
	}

}
