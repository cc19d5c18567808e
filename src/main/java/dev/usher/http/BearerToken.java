package dev.usher.http;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.TokenVerifier;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;

/**
 * The token of a request: a bearer token (RFC 6750, section 2.1), or one that is bound to
 * a key (RFC 9449, section 7.1).
 *
 * @param value the token
 * @param bound whether it came as one that is bound to a key
 */
record BearerToken(String value, boolean bound) {

	private static final String SCHEME = "Bearer ";

	/**
	 * Reads the token of a request.
	 * @return empty where no {@code Authorization} came
	 * @throws RefusedException {@link Reason#UNAUTHORIZED} for one that is no token, and
	 * for two of them: another hop may have taken the other one
	 */
	static Optional<BearerToken> of(HttpServletRequest request) {
		return of(Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)));
	}

	/**
	 * The same, of the values of {@code Authorization}. Which characters a token has is
	 * for {@link TokenVerifier} to say.
	 */
	static Optional<BearerToken> of(List<String> headers) {
		if (headers.isEmpty()) {
			return Optional.empty();
		}
		String header = headers.get(0).strip();
		boolean bound = BearerChallenge.isDpop(header);
		if (headers.size() > 1 || !(bound || header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		return Optional.of(new BearerToken(header.substring(header.indexOf(' ')).stripLeading(), bound));
	}

	/** Begins to verify it; of one that is bound, all but the proof of its key. */
	CompletionStage<Caller> verify(TokenVerifier verifier) {
		return this.bound ? verifier.verifyBound(this.value) : verifier.verify(this.value);
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "BearerToken[bound=" + this.bound + "]";
	}

}
