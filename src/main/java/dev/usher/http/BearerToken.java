package dev.usher.http;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;

/** Reads the bearer token of a request (RFC 6750, section 2.1). */
final class BearerToken {

	private static final Pattern HEADER = Pattern.compile("Bearer +([A-Za-z0-9._~+/-]+=*)", Pattern.CASE_INSENSITIVE);

	private BearerToken() {
	}

	/**
	 * Reads the bearer token of a request (RFC 6750, section 2.1).
	 * @return empty where no {@code Authorization} came
	 * @throws RefusedException {@link Reason#UNAUTHORIZED} for one that is no bearer
	 * token, and for two of them: another hop may have taken the other one
	 */
	static Optional<String> of(HttpServletRequest request) {
		return of(Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)));
	}

	/** The same, of the values of {@code Authorization}. */
	static Optional<String> of(List<String> headers) {
		if (headers.isEmpty()) {
			return Optional.empty();
		}
		Matcher matcher = HEADER.matcher(headers.get(0).strip());
		if (headers.size() > 1 || !matcher.matches()) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		return Optional.of(matcher.group(1));
	}

	static boolean isPresent(HttpServletRequest request) {
		return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
	}

}
