package dev.usher.http;

import java.util.Optional;

import dev.usher.dpop.Proofs;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code WWW-Authenticate} of a refusal (RFC 6750, section 3; RFC 9449,
 * section 7.1). Names an error only to who came with a credential (RFC 6750, section 3.1,
 * last paragraph), and never says which part of it was bad.
 */
public final class BearerChallenge {

	private static final String BEARER = "Bearer realm=\"usher\"";

	private static final String DPOP = "DPoP realm=\"usher\", algs=\"" + String.join(" ", Proofs.algorithms()) + "\"";

	private static final String SCHEME = "DPoP ";

	private BearerChallenge() {
	}

	/**
	 * The challenge of a refusal.
	 * @param credential whether the request came with a credential
	 * @param authorization its header {@code Authorization}, or null where it had none
	 */
	public static Optional<String> of(RefusedException refusal, boolean credential, @Nullable String authorization) {
		boolean dpop = refusal instanceof ProofRefusedException || isDpop(authorization);
		return of(refusal.reason(), refusal.httpStatus(), credential, dpop ? DPOP : BEARER);
	}

	private static Optional<String> of(Reason reason, int status, boolean credential, String challenge) {
		return switch (reason) {
			case UNAUTHORIZED, TOKEN_EXPIRED, REVOKED ->
				Optional.of(credential ? error(challenge, "invalid_token", reason) : challenge);
			case FORBIDDEN ->
				credential ? Optional.of(error(challenge, "insufficient_scope", reason)) : Optional.empty();
			case TOKEN_IN_URL -> Optional.of(error(BEARER, "invalid_request", reason));
			// RFC 9110, section 15.5.2: every 401 has one.
			case BAD_CREDENTIALS, REFRESH_INVALID, REFRESH_REUSED -> Optional.of(BEARER);
			// A request for tokens is a 400 (RFC 9449, section 5), which has none.
			case INVALID_DPOP_PROOF, USE_DPOP_NONCE ->
				(status == 401) ? Optional.of(error(DPOP, reason.code(), reason)) : Optional.empty();
			default -> Optional.empty();
		};
	}

	private static String error(String challenge, String error, Reason reason) {
		return challenge + ", error=\"" + error + "\", error_description=\"" + reason.message() + "\"";
	}

	/** Whether a header {@code Authorization} has a token that is bound to a key. */
	static boolean isDpop(@Nullable String authorization) {
		return authorization != null && authorization.stripLeading().regionMatches(true, 0, SCHEME, 0, SCHEME.length());
	}

}
