package dev.usher.http;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.edge.SameOrigin;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.CookieLogins;
import dev.usher.session.SessionCookie;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Authenticates a request by its session cookie. A browser sends a cookie whoever asked
 * for the request, so it counts for the gateway's own pages alone, whatever
 * {@code usher.origins} lists, and what changes something must repeat the CSRF token, as
 * Spring Security has it.
 */
@Component
class CookieAuthentication {

	/** RFC 9110, section 9.2.1. */
	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

	private final CookieLogins logins;

	CookieAuthentication(CookieLogins logins) {
		this.logins = logins;
	}

	/**
	 * Begins to verify a request's cookie.
	 * @return empty where it has none that counts
	 * @throws RefusedException {@link Reason#FORBIDDEN} where the CSRF token is not
	 * repeated
	 */
	Optional<CompletionStage<Caller>> begin(HttpServletRequest request) {
		List<String> lines = Collections.list(request.getHeaders(HttpHeaders.COOKIE));
		if (lines.isEmpty() || !isSameOrigin(request)) {
			return Optional.empty();
		}
		return SessionCookie.find(String.join("; ", lines), request.isSecure()).map((cookie) -> begin(request, cookie));
	}

	private CompletionStage<Caller> begin(HttpServletRequest request, SessionCookie cookie) {
		if (!SAFE.contains(request.getMethod()) && !cookie.isRepeatedBy(request.getHeader(SessionCookie.CSRF_HEADER))) {
			throw new RefusedException(Reason.FORBIDDEN,
					"With a session cookie, the header X-XSRF-TOKEN must repeat the cookie XSRF-TOKEN.");
		}
		return this.logins.authenticate(cookie);
	}

	private static boolean isSameOrigin(HttpServletRequest request) {
		String own = ServletUriComponentsBuilder.fromContextPath(request).build().toUriString();
		return SameOrigin.holds(request.getHeader(HttpHeaders.ORIGIN), request.getHeader("Sec-Fetch-Site"), own);
	}

}
