package dev.usher.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What proxies say of the hops before them: {@code Forwarded} (RFC 7239) and the
 * {@code X-Forwarded-} headers that are older than it. The first hop is the one farthest
 * away.
 *
 * @param standard the hops of {@code Forwarded}
 * @param customary the hops of {@code X-Forwarded-For}; the last has the scheme and the
 * host, where these came once
 */
record ForwardedHeaders(List<Hop> standard, List<Hop> customary) {

	/**
	 * What one proxy wrote of the request it received.
	 *
	 * @param node the address it came from, which may be anything
	 * @param scheme how it came, or null
	 * @param host the {@code Host} it came with, or null
	 */
	record Hop(String node, @Nullable String scheme, @Nullable String host) {

	}

	/** Reads lines of the form {@code Name: value}, in the order they came. */
	static ForwardedHeaders parse(List<String> lines) {
		List<Hop> standard = new ArrayList<>();
		List<String> nodes = new ArrayList<>();
		List<String> schemes = new ArrayList<>();
		List<String> hosts = new ArrayList<>();
		for (String line : lines) {
			int colon = line.indexOf(':');
			String value = line.substring(colon + 1);
			switch ((colon < 0) ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT)) {
				case "forwarded" -> split(value, ',').forEach((element) -> standard.add(hop(element)));
				case "x-forwarded-for" -> nodes.addAll(split(value, ','));
				case "x-forwarded-proto" -> schemes.addAll(split(value, ','));
				case "x-forwarded-host" -> hosts.addAll(split(value, ','));
				default -> {
					// None that says where somebody came from.
				}
			}
		}
		return new ForwardedHeaders(standard, customary(nodes, only(schemes), only(hosts)));
	}

	private static List<Hop> customary(List<String> nodes, @Nullable String scheme, @Nullable String host) {
		return nodes.stream().map((node) -> new Hop(node, scheme, host)).toList();
	}

	/** Of several, one cannot tell which proxy wrote which. */
	private static @Nullable String only(List<String> values) {
		return (values.size() == 1) ? values.get(0) : null;
	}

	private static Hop hop(String element) {
		String node = "";
		String scheme = null;
		String host = null;
		for (String pair : split(element, ';')) {
			int equals = pair.indexOf('=');
			String value = unquote(pair.substring(equals + 1).strip());
			switch ((equals < 0) ? "" : pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
				case "for" -> node = value;
				case "proto" -> scheme = value;
				case "host" -> host = value;
				default -> {
					// "by" says what we know; others mean nothing to us.
				}
			}
		}
		return new Hop(node, scheme, host);
	}

	private static String unquote(String value) {
		boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
		return quoted ? value.substring(1, value.length() - 1) : value;
	}

	/** Cuts where a quoted string does not hold the separator. */
	private static List<String> split(String text, char separator) {
		List<String> parts = new ArrayList<>();
		boolean quoted = false;
		int begin = 0;
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) == '"') {
				quoted = !quoted;
			}
			else if (text.charAt(i) == separator && !quoted) {
				parts.add(text.substring(begin, i).strip());
				begin = i + 1;
			}
		}
		parts.add(text.substring(begin).strip());
		return parts;
	}

}
