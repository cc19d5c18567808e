package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseCookie;

/**
 * The secret in a session cookie, and the CSRF token that belongs to it. The token is
 * derived from the secret (HMAC-SHA256), so that it is bound to the session without being
 * stored, and so that who can plant a cookie {@code XSRF-TOKEN} from a neighbouring host
 * still does not know the one that counts.
 */
public final class SessionCookie {

	/** Where a page repeats the CSRF token. */
	public static final String CSRF_HEADER = "X-XSRF-TOKEN";

	private static final String CSRF_COOKIE = "XSRF-TOKEN";

	private static final String NAME = "USHER_SESSION";

	/**
	 * RFC 6265bis, section 4.1.3.2: a browser takes a cookie of this prefix over TLS from
	 * the host itself alone, so no neighbouring host can plant one.
	 */
	private static final String SECURE_NAME = "__Host-" + NAME;

	private final String secret;

	private SessionCookie(String secret) {
		this.secret = secret;
	}

	/** The cookie of a new login. */
	static SessionCookie create() {
		return new SessionCookie(Secret.create());
	}

	/**
	 * Finds it among the cookies of a request.
	 * @param header the {@code Cookie} header, or null
	 * @param secure whether the request came over TLS
	 * @return empty where there is none
	 * @throws RefusedException {@link Reason#UNAUTHORIZED} where there are two: one was
	 * planted, and which cannot be told
	 */
	public static Optional<SessionCookie> find(@Nullable String header, boolean secure) {
		if (header == null) {
			return Optional.empty();
		}
		String start = (secure ? SECURE_NAME : NAME) + "=";
		String found = null;
		for (String pair : header.split(";")) {
			String cookie = pair.strip();
			if (cookie.startsWith(start)) {
				if (found != null) {
					throw new RefusedException(Reason.UNAUTHORIZED);
				}
				found = cookie.substring(start.length());
			}
		}
		return Optional.ofNullable(found).map(SessionCookie::new);
	}

	/** Whether a page repeated the CSRF token; takes as long either way. */
	public boolean isRepeatedBy(@Nullable String csrfToken) {
		return csrfToken != null && Secret.isEqual(csrfToken(), csrfToken);
	}

	String csrfToken() {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(this.secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Secret.encode(mac.doFinal(CSRF_COOKIE.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	boolean isWellFormed() {
		return Secret.isWellFormed(this.secret);
	}

	String hash() {
		return Secret.hash(this.secret);
	}

	/** The two cookies that begin it. */
	List<ResponseCookie> set(boolean secure, Duration lifetime) {
		return cookies(this.secret, csrfToken(), secure, lifetime);
	}

	/** The two that end it. */
	static List<ResponseCookie> clear(boolean secure) {
		return cookies("", "", secure, Duration.ZERO);
	}

	private static List<ResponseCookie> cookies(String secret, String csrf, boolean secure, Duration age) {
		return List.of(cookie(secure ? SECURE_NAME : NAME, secret, secure, age).httpOnly(true).build(),
				cookie(CSRF_COOKIE, csrf, secure, age).build());
	}

	private static ResponseCookie.ResponseCookieBuilder cookie(String name, String value, boolean secure,
			Duration age) {
		return ResponseCookie.from(name, value).path("/").sameSite("Lax").secure(secure).maxAge(age);
	}

	/** Keeps the secret out of logs. */
	@Override
	public String toString() {
		return "SessionCookie";
	}

}
