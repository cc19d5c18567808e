package dev.usher.http;

import java.util.Optional;

import dev.usher.protocol.Reason;

/**
 * The header {@code WWW-Authenticate} of a refusal (RFC 6750, section 3). Names an error
 * only to who came with a credential (section 3.1, last paragraph), and never says which
 * part of it was bad.
 */
public final class BearerChallenge {

	private static final String REALM = "Bearer realm=\"usher\"";

	private BearerChallenge() {
	}

	public static Optional<String> of(Reason reason, boolean credential) {
		return switch (reason) {
			case UNAUTHORIZED, TOKEN_EXPIRED, REVOKED ->
				Optional.of(credential ? error("invalid_token", reason) : REALM);
			case FORBIDDEN -> credential ? Optional.of(error("insufficient_scope", reason)) : Optional.empty();
			case TOKEN_IN_URL -> Optional.of(error("invalid_request", reason));
			// RFC 9110, section 15.5.2: every 401 has one.
			case BAD_CREDENTIALS, REFRESH_INVALID, REFRESH_REUSED -> Optional.of(REALM);
			default -> Optional.empty();
		};
	}

	private static String error(String error, Reason reason) {
		return REALM + ", error=\"" + error + "\", error_description=\"" + reason.message() + "\"";
	}

}
