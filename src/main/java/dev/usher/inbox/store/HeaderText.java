package dev.usher.inbox.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.usher.protocol.OwnedHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Headers as they are kept: one {@code name:value} a line, with the escapes of STOMP 1.2,
 * section "Value Encoding". A line without a name is the verified sender: no publisher
 * could ever write one, while a {@code sender} that stands there by name was made up by a
 * publisher of an earlier version, which let it through.
 */
final class HeaderText {

	private HeaderText() {
	}

	static @Nullable String of(Map<String, String> headers) {
		if (headers.isEmpty()) {
			return null;
		}
		StringBuilder text = new StringBuilder(32 * headers.size());
		headers.forEach((name, value) -> {
			if (!name.equals(OwnedHeaders.SENDER)) {
				escape(name, text);
			}
			text.append(':');
			escape(value, text);
			text.append('\n');
		});
		return text.toString();
	}

	static Map<String, String> parse(@Nullable String text) {
		if (text == null) {
			return Map.of();
		}
		Map<String, String> headers = new LinkedHashMap<>();
		int start = 0;
		while (start < text.length()) {
			int end = text.indexOf('\n', start);
			int colon = text.indexOf(':', start);
			String name = unescape(text.substring(start, colon));
			if (mayBeRead(name)) {
				headers.put((name.isEmpty()) ? OwnedHeaders.SENDER : name, unescape(text.substring(colon + 1, end)));
			}
			start = end + 1;
		}
		return Collections.unmodifiableMap(headers);
	}

	/** What earlier versions let through is not handed out by this one. */
	private static boolean mayBeRead(String name) {
		return name.isEmpty() || name.equals(OwnedHeaders.ORIGINAL_DESTINATION)
				|| name.equals(OwnedHeaders.ORIGINAL_MESSAGE_ID)
				|| (OwnedHeaders.isPlain(name) && !OwnedHeaders.contains(name));
	}

	private static void escape(String part, StringBuilder text) {
		for (int i = 0; i < part.length(); i++) {
			char c = part.charAt(i);
			switch (c) {
				case '\\' -> text.append("\\\\");
				case '\n' -> text.append("\\n");
				case ':' -> text.append("\\c");
				default -> text.append(c);
			}
		}
	}

	private static String unescape(String part) {
		if (part.indexOf('\\') < 0) {
			return part;
		}
		StringBuilder text = new StringBuilder(part.length());
		for (int i = 0; i < part.length(); i++) {
			char c = part.charAt(i);
			if (c == '\\') {
				char escaped = part.charAt(++i);
				c = (escaped == 'n') ? '\n' : (escaped == 'c') ? ':' : escaped;
			}
			text.append(c);
		}
		return text.toString();
	}

}
