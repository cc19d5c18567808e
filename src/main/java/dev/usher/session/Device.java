package dev.usher.session;

import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

/**
 * Where a login came from, as its owner will recognise it in the list.
 *
 * @param name what the client calls itself
 * @param ip the address it came from
 */
record Device(String name, String ip) {

	/** Enough for a name; a browser's User-Agent is shortened to it. */
	private static final int MAX_NAME = 128;

	private static final String UNKNOWN = "unknown";

	Device {
		name = clean(name);
	}

	static Device of(@Nullable String given, @Nullable String userAgent, @Nullable String ip) {
		String name = (given != null && !given.isBlank()) ? given : userAgent;
		return new Device((name != null) ? name : UNKNOWN, (ip != null) ? ip : UNKNOWN);
	}

	/** A control character could rewrite a terminal, and PostgreSQL stores no NUL. */
	private static String clean(String name) {
		StringBuilder clean = new StringBuilder();
		name.strip()
			.codePoints()
			.filter((point) -> TextRules.isPrintable(point) && Character.getType(point) != Character.FORMAT)
			.limit(MAX_NAME)
			.forEach(clean::appendCodePoint);
		return clean.isEmpty() ? UNKNOWN : clean.toString();
	}

}
