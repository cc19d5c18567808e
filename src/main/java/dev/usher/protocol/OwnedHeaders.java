package dev.usher.protocol;

import java.util.Locale;
import java.util.Set;

/**
 * The header names that belong to the protocol or to the gateway. A publisher's header of
 * such a name never reaches a subscriber, who could not tell it from the gateway's own.
 */
public final class OwnedHeaders {

	private static final Set<String> NAMES = Set.of("destination", "message-id", "subscription", "ack",
			"content-length", "content-type", "receipt", "receipt-id", "transaction", "user-name", "offset", "epoch",
			"timestamp", "redelivered", "recovered", "session", "heart-beat", "version", "accept-version", "server",
			"host", "durable", "original-destination", "original-message-id");

	/** In any case: whoever misspells a credential still does not mean to publish it. */
	private static final Set<String> CREDENTIALS = Set.of("login", "passcode", "authorization", "proxy-authorization",
			"cookie", "ticket", "x-xsrf-token", "x-csrf-token");

	private static final int LONGEST_CREDENTIAL = "proxy-authorization".length();

	private OwnedHeaders() {
	}

	/**
	 * Whether a header of this name is not the publisher's to set. Blanks around the name
	 * are looked through, because readers of STOMP 1.0 trim them; a name of nothing else
	 * is nobody's, so it is owned too. {@code simp...} and {@code native...} are what
	 * Spring's clients take for their own.
	 * @param name as the publisher wrote it
	 */
	public static boolean contains(String name) {
		String trimmed = name.trim();
		return trimmed.isEmpty() || NAMES.contains(trimmed) || startsWith(trimmed, "simp")
				|| startsWith(trimmed, "native") || isCredential(trimmed);
	}

	private static boolean startsWith(String name, String prefix) {
		return name.regionMatches(true, 0, prefix, 0, prefix.length());
	}

	private static boolean isCredential(String name) {
		return name.length() <= LONGEST_CREDENTIAL && CREDENTIALS.contains(name.toLowerCase(Locale.ROOT));
	}

}
