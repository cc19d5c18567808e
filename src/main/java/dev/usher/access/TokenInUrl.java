package dev.usher.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds access tokens in the query of a URL. URLs are kept in access logs, histories and
 * Referer headers, so a token there is refused even where it would not be used (RFC 9700,
 * section 4.3.2).
 */
public final class TokenInUrl {

	/** The first is RFC 6750's, section 2.3; the others are what libraries make up. */
	private static final Set<String> NAMES = Set.of("access_token", "authorization", "bearer", "bearer_token", "jwt",
			"id_token", "token");

	/** A signed JWT, whatever the parameter is called: its header begins with a brace. */
	private static final Pattern JWT = Pattern
		.compile("(?:[Bb]earer[ +])?eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

	private TokenInUrl() {
	}

	/**
	 * Whether a query holds an access token.
	 * @param query the query as it came, percent-encoded, without the question mark
	 */
	public static boolean isIn(@Nullable String query) {
		if (query == null) {
			return false;
		}
		for (String parameter : query.split("[&;]")) {
			int equals = parameter.indexOf('=');
			String name = decode((equals >= 0) ? parameter.substring(0, equals) : parameter);
			String value = (equals >= 0) ? decode(parameter.substring(equals + 1)) : "";
			if (NAMES.contains(name.toLowerCase(Locale.ROOT)) || JWT.matcher(value).matches()) {
				return true;
			}
		}
		return false;
	}

	private static String decode(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

}
