package dev.usher.session;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
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
		@Nullable String device, @Nullable Boolean cookie) implements CheckedBody {

	LoginRequest {
		passkey = (passkey != null && passkey.isNull()) ? null : passkey;
	}

	@Override
	public void check() {
		if (this.passkey == null) {
			MemberRules.required("username", this.username);
			MemberRules.required("password", this.password);
		}
		else if (this.username != null || this.password != null) {
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
