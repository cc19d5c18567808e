package dev.usher.dpop;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Compares the {@code htu} of a proof with the URL of a request (RFC 9449, section 4.3),
 * without query and fragment and after normalization (RFC 3986, sections 6.2.2.1 and
 * 6.2.3).
 */
final class TargetUrl {

	private static final int HTTP = 80;

	private static final int HTTPS = 443;

	private TargetUrl() {
	}

	/**
	 * Whether both are the same. {@code ws} and {@code wss} count as {@code http} and
	 * {@code https}, in whose place they stand (RFC 6455, section 3).
	 */
	static boolean isSame(String claimed, String asked) {
		String normal = normal(claimed);
		return normal != null && normal.equals(normal(asked));
	}

	private static @Nullable String normal(String url) {
		try {
			URI uri = new URI(url);
			if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null) {
				return null;
			}
			String scheme = switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
				case "http", "ws" -> "http";
				case "https", "wss" -> "https";
				default -> null;
			};
			if (scheme == null) {
				return null;
			}
			int usual = scheme.equals("https") ? HTTPS : HTTP;
			int port = (uri.getPort() != -1) ? uri.getPort() : usual;
			String path = uri.getRawPath();
			return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port
					+ ((path == null || path.isEmpty()) ? "/" : path);
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

}
