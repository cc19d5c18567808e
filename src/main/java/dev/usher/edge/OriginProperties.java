package dev.usher.edge;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The web origins, beside the gateway's own, whose pages may use it.
 *
 * @param origins {@code usher.origins}, each as a browser sends it:
 * {@code scheme://host[:port]} (RFC 6454, section 6.2). None by default. There is no
 * wildcard: it would let every page on the web open sockets from its visitors' machines
 */
@ConfigurationProperties("usher")
public record OriginProperties(@Nullable List<String> origins) {

	public OriginProperties {
		List<String> normal = new ArrayList<>();
		for (int i = 0; origins != null && i < origins.size(); i++) {
			String given = origins.get(i);
			String property = "usher.origins[" + i + "]";
			normal.add(normalize(given).orElseThrow(() -> new IllegalArgumentException(
					property + " must be an origin such as https://app.example.org, but is " + given)));
		}
		origins = List.copyOf(normal);
	}

	/**
	 * Whether an {@code Origin} header names one of the list. Compares scheme, host and
	 * port, no part of them.
	 */
	public boolean allows(@Nullable String origin) {
		return origin != null && this.origins != null && normalize(origin).filter(this.origins::contains).isPresent();
	}

	/** The hosts of the list, in lower case. */
	List<String> hosts() {
		return (this.origins != null) ? this.origins.stream().map((origin) -> URI.create(origin).getHost()).toList()
				: List.of();
	}

	/**
	 * Whether two origins are one: scheme, host and port are the same.
	 */
	public static boolean same(String origin, String other) {
		Optional<String> normal = normalize(origin);
		return normal.isPresent() && normal.equals(normalize(other));
	}

	/** The one spelling of an origin; empty for what is none. */
	public static Optional<String> normalize(String origin) {
		try {
			URI uri = new URI(origin);
			boolean onlyOrigin = uri.getScheme() != null && uri.getHost() != null && uri.getRawUserInfo() == null
					&& uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null;
			return onlyOrigin ? Optional.of(normalize(uri)) : Optional.empty();
		}
		catch (URISyntaxException ex) {
			return Optional.empty();
		}
	}

	private static String normalize(URI uri) {
		String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
		int standard = switch (scheme) {
			case "http" -> 80;
			case "https" -> 443;
			default -> -1;
		};
		String port = (uri.getPort() == -1 || uri.getPort() == standard) ? "" : ":" + uri.getPort();
		return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
	}

}
