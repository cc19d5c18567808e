package dev.usher.service;

import java.net.URI;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What this gateway is called by its clients: the URL of {@code usher.token.issuer} where
 * that is one, and the token endpoint below it.
 * <p>
 * Where it is none, the gateway does not know its own URL, and the {@code Host} of a
 * request is the sender's word. Taking that for an audience would let another server pass
 * on to us what a client signed for it. Only a loopback address is believed, which can
 * mean no other machine.
 */
final class Audiences {

	static final String TOKEN_ENDPOINT = "/oauth2/token";

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

	private final String issuer;

	Audiences(String issuer) {
		this.issuer = issuer;
	}

	/** Whether an assertion for this audience is for us. Asked during a request. */
	boolean contains(String audience) {
		if (audience.equals(this.issuer)) {
			return true;
		}
		String url = AuthorizationServerContextHolder.getContext().getIssuer();
		boolean known = isUrl(this.issuer) || isLoopback(url);
		return known && (audience.equals(url) || audience.equals(endpoint(url)));
	}

	/** Whether the configuration says by which URL everybody knows us. */
	boolean areKnown() {
		return isUrl(this.issuer);
	}

	/** The issuer's URL: the configured one, else the one a request came to. */
	String url(HttpServletRequest request) {
		return isUrl(this.issuer) ? this.issuer
				: UriComponentsBuilder.fromUriString(request.getRequestURL().toString())
					.replacePath(request.getContextPath())
					.replaceQuery(null)
					.build()
					.toUriString();
	}

	static String endpoint(String url) {
		return (url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + TOKEN_ENDPOINT;
	}

	private static boolean isLoopback(String url) {
		String host = host(url);
		return host != null && LOOPBACK.contains(host);
	}

	private static boolean isUrl(String text) {
		return (text.startsWith("https://") || text.startsWith("http://")) && host(text) != null;
	}

	private static @Nullable String host(String url) {
		try {
			return URI.create(url).getHost();
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
