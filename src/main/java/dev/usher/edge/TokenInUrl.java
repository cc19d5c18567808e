package dev.usher.edge;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds access tokens in the query of a URL, and in parameters of its path. URLs are kept
 * in access logs, histories and Referer headers, so a token there is refused even where
 * it would not be used (RFC 9700, section 4.3.2).
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
		return QueryParameter.parse(query).stream().anyMatch(TokenInUrl::isToken);
	}

	/**
	 * Whether a path holds an access token behind a semicolon (RFC 3986, section 3.3).
	 * @param path as it came, percent-encoded
	 */
	public static boolean isInPath(String path) {
		int first = path.indexOf(';');
		return first >= 0 && isIn(path.substring(first + 1).replace('/', ';'));
	}

	private static boolean isToken(QueryParameter parameter) {
		return NAMES.contains(parameter.name().toLowerCase(Locale.ROOT)) || JWT.matcher(parameter.value()).matches()
				|| JWT.matcher(parameter.name()).matches();
	}

}
