package dev.usher.session;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.RequiredMember;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The body of {@code POST /auth/login}: a username and a password, or a passkey.
 *
 * @param username in any case
 * @param password the password
 * @param passkey what a passkey has signed, an {@code AuthenticationResponseJSON} of
 * WebAuthn, in place of the two
 * @param device what to call this device in the list of sessions; the User-Agent where
 * absent
 * @param cookie whether to set a session cookie as well; it is not set where absent
 */
record LoginRequest(@Nullable String username, @Nullable String password, @Nullable JsonNode passkey,
		@Nullable String device, @Nullable Boolean cookie) {

	LoginRequest {
		if (passkey == null || passkey.isNull()) {
			passkey = null;
			RequiredMember.check("username", username);
			RequiredMember.check("password", password);
		}
		else if (username != null || password != null) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"passkey\" stands in the place of \"username\" and \"password\".");
		}
	}

	/** Keeps the password out of logs. */
	@Override
	public String toString() {
		return "LoginRequest";
	}

}
