package dev.usher.session;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /auth/refresh}.
 *
 * @param refreshToken the token of the last answer
 * @param next the generation of the next token, of the client's own making, or null for
 * one of ours. Who knows it can ask for the same answer again
 */
record RefreshRequest(String refreshToken, @Nullable String next) implements CheckedBody {

	@Override
	public void check() {
		MemberRules.required("refresh_token", this.refreshToken);
		if (this.next != null && !Secret.isWellFormed(this.next)) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"next\" must be 43 random characters of A-Z a-z 0-9 _ and -.");
		}
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "RefreshRequest";
	}

}
