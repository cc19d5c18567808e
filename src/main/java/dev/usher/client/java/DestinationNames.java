package dev.usher.client.java;

import java.util.regex.Pattern;

/** Refuses names that no destination can have, before anything is sent. */
final class DestinationNames {

	private static final String SEGMENT = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9._-]+";

	private static final String NAME = "(?=.{1,255}$)" + SEGMENT + "(?:/" + SEGMENT + ")*";

	/**
	 * Characters stand for themselves, but these, which have one spelling each.
	 * Possessive, so that the stack holds.
	 */
	private static final String USERNAME = "(?:[^/%\\x00-\\x1f\\x7f]|%(?:2F|25|[01][0-9A-F]|7F))++";

	private static final Pattern SUBSCRIBE = Pattern.compile("/(?:user/)?(?:topic|queue)/" + NAME);

	private static final Pattern PUBLISH = Pattern
		.compile("/(?:topic|queue)/" + NAME + "|/user/" + USERNAME + "/(?:topic|queue)/" + NAME);

	private static final Pattern RESERVED = Pattern.compile("[/%\\x00-\\x1f\\x7f]");

	private DestinationNames() {
	}

	static void checkSubscribe(String value) {
		if (!SUBSCRIBE.matcher(value).matches()) {
			throw refusal(value, "It is /topic/…, /queue/…, /user/topic/… or /user/queue/…, of A-Z a-z 0-9 . _ -; "
					+ "/user/… is the caller's own, without a name.");
		}
	}

	static void checkPublish(String value) {
		boolean own = value.startsWith("/user/") && SUBSCRIBE.matcher(value).matches();
		if (own || !PUBLISH.matcher(value).matches()) {
			throw refusal(value, "It is /topic/…, /queue/… or /user/{username}/topic|queue/…, of A-Z a-z 0-9 . _ - "
					+ "(OutgoingMessage.toUser encodes a username).");
		}
	}

	private static UsherException refusal(String value, String forms) {
		return new UsherException("bad_destination", JsonText.quote(value) + " is no destination here. " + forms);
	}

	static String encode(String username) {
		return RESERVED.matcher(username).replaceAll((each) -> String.format("%%%02X", (int) each.group().charAt(0)));
	}

}
