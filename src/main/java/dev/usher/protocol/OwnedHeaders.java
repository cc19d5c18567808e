package dev.usher.protocol;

import java.util.Locale;
import java.util.Set;

/**
 * The header names that belong to the protocol or to the gateway. A publisher's header of
 * such a name never reaches a subscriber, who could not tell it from the gateway's own.
 */
public final class OwnedHeaders {

	/** Who sent a message, by the name that was verified. */
	public static final String SENDER = "sender";

	/** Where a message was that has been set aside. */
	public static final String ORIGINAL_DESTINATION = "original-destination";

	/** What its {@code message-id} was there. */
	public static final String ORIGINAL_MESSAGE_ID = "original-message-id";

	private static final Set<String> NAMES = Set.of("destination", "message-id", "subscription", "ack",
			"content-length", "content-type", "receipt", "receipt-id", "transaction", "user-name", "offset", "epoch",
			"timestamp", "redelivered", "recovered", "session", "heart-beat", "version", "accept-version", "server",
			"host", "durable", SENDER, ORIGINAL_DESTINATION, ORIGINAL_MESSAGE_ID,
			// Whoever misspells a credential still does not mean to publish it.
			"login", "passcode", "authorization", "proxy-authorization", "dpop", "cookie", "ticket", "x-xsrf-token",
			"x-csrf-token");

	private static final int LONGEST = ORIGINAL_DESTINATION.length();

	private static final int SHOWN = 64;

	private OwnedHeaders() {
	}

	/**
	 * Whether only the gateway may set a header of this name. Upper and lower case are
	 * the same, because libraries fold them. Blanks around the name are ignored, because
	 * readers of STOMP 1.0 trim them; a name that is all blanks is owned too.
	 * {@code simp...} and {@code native...} are what Spring's clients take for their own.
	 * @param name as the publisher wrote it
	 */
	public static boolean contains(String name) {
		if (NAMES.contains(name)) {
			return true;
		}
		String trimmed = name.trim();
		return trimmed.isEmpty() || startsWith(trimmed, "simp") || startsWith(trimmed, "native")
				|| (trimmed.length() <= LONGEST && NAMES.contains(trimmed.toLowerCase(Locale.ROOT)));
	}

	private static boolean startsWith(String name, String prefix) {
		return name.regionMatches(true, 0, prefix, 0, prefix.length());
	}

	/**
	 * Whether a publisher may name a header so: printable ASCII, no blank, no colon.
	 * Clients trim, fold and normalize names, each in its own way, so that any other
	 * character can make of a publisher's header one of the gateway's.
	 */
	public static boolean isPlain(String name) {
		for (int i = 0; i < name.length(); i++) {
			char c = name.charAt(i);
			if (c <= ' ' || c > '~' || c == ':') {
				return false;
			}
		}
		return !name.isEmpty();
	}

	/** What is said of a name that is not plain; shows what cannot be seen in it. */
	public static String notPlain(String name) {
		return "Header \"" + shown(name) + "\": names are printable ASCII without blanks and colons.";
	}

	private static String shown(String name) {
		StringBuilder shown = new StringBuilder();
		name.substring(0, Math.min(name.length(), SHOWN))
			.chars()
			.forEach((c) -> shown.append((c < ' ' || c > '~') ? String.format("\\u%04x", c) : Character.toString(c)));
		return shown.toString();
	}

}
