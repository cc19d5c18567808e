package dev.usher.protocol;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Where a message goes. {@code /topic/…} is live, {@code /queue/…} is stored; either is
 * shared by all who are allowed, or belongs to one user alone.
 * <p>
 * Parsing is strict, and each destination has exactly one spelling, its
 * {@linkplain #address() address}: a name is one or more segments of
 * {@code [A-Za-z0-9._-]}, none of them {@code .} or {@code ..}, {@value #MAX_NAME}
 * characters at most; in a username every character but {@code /}, {@code %} and controls
 * stands for itself, and just those are percent-encoded, in upper case. Whatever else a
 * client sends is refused with {@link Reason#BAD_FRAME}; nothing of it ever reaches a
 * pattern matcher.
 *
 * @param owner the user it belongs to, or null where it is shared
 * @param stored whether messages are kept until read or expired
 * @param name what follows {@code topic/} or {@code queue/}
 * @param address the one spelling, the key of every map
 */
public record Destination(@Nullable String owner, boolean stored, String name, String address) {

	/** The longest {@code name}, in characters. */
	public static final int MAX_NAME = 255;

	/** The longest username, in characters. */
	public static final int MAX_USERNAME = 255;

	/** The name of a user's live destination that the gateway alone publishes to. */
	public static final String OWN_SESSION = "session";

	/** How names begin that are the gateway's own. */
	private static final String GATEWAY = "usher.";

	/** What the destinations of the gateway's commands and of methods begin with. */
	public static final String APPLICATION = "/app/";

	/** The command that brings a newer token or ticket. */
	public static final String AUTH = "/app/auth";

	/**
	 * The command that answers its receipt: a client asks whether its connection still
	 * lives.
	 */
	public static final String PING = "/app/ping";

	private static final String NAME_RULE = "made of letters, digits, '.', '_', '-' and '/', "
			+ "no segment of it '.' or '..'";

	private static final String TOPIC = "topic/";

	private static final String QUEUE = "queue/";

	private static final String USER = "/user/";

	/**
	 * The destination a caller means when they subscribe: {@code /user/…} is their own.
	 * @param text what the client wrote
	 * @param caller the name of the caller
	 * @throws RefusedException {@link Reason#FORBIDDEN} for another user's destination,
	 * {@link Reason#BAD_FRAME} for what is no destination
	 */
	public static Destination forSubscribe(String text, String caller) {
		if (!text.startsWith(USER)) {
			return shared(text);
		}
		int start = USER.length();
		if (startsWithWord(text, start)) {
			return ofUser(caller, text, start);
		}
		Destination foreign = forPublish(text);
		throw new RefusedException(Reason.FORBIDDEN, "Subscribe to your own destinations as /user/"
				+ ((foreign.stored()) ? QUEUE : TOPIC) + foreign.name() + ".");
	}

	/**
	 * The destination a publisher names: {@code /topic/…}, {@code /queue/…},
	 * {@code /user/{username}/topic/…} or {@code /user/{username}/queue/…}.
	 * @param text what the publisher wrote
	 * @throws RefusedException {@link Reason#BAD_FRAME} for what is no destination
	 */
	public static Destination forPublish(String text) {
		if (!text.startsWith(USER)) {
			return shared(text);
		}
		int start = USER.length();
		int slash = text.indexOf('/', start);
		if (slash >= 0 && startsWithWord(text, slash + 1)) {
			return ofUser(decode(text, start, slash), text, slash + 1);
		}
		if (startsWithWord(text, start)) {
			throw new RefusedException(Reason.BAD_FRAME, "To publish to a user, use /user/{username}/"
					+ ((text.startsWith(QUEUE, start)) ? QUEUE : TOPIC) + "{name}.");
		}
		throw bad();
	}

	/**
	 * The destination of a method of an extension: {@code /app/{name}}. It is neither
	 * live nor stored, and its name follows the same rules.
	 * @param text what the client wrote
	 * @throws RefusedException {@link Reason#BAD_FRAME} for what is no destination
	 */
	public static Destination forApplication(String text) {
		if (!text.startsWith(APPLICATION)) {
			throw bad();
		}
		try {
			// The rules of a name are the same as of a topic's.
			String name = nameAfter("/" + TOPIC + text.substring(APPLICATION.length()), 1);
			return new Destination(null, false, name, text);
		}
		catch (RefusedException ex) {
			throw new RefusedException(Reason.BAD_FRAME, "What follows /app/ is " + NAME_RULE + ".");
		}
	}

	private static Destination shared(String text) {
		if (text.isEmpty() || text.charAt(0) != '/' || !startsWithWord(text, 1)) {
			throw bad();
		}
		return new Destination(null, text.startsWith(QUEUE, 1), nameAfter(text, 1), text);
	}

	private static Destination ofUser(String owner, String text, int wordAt) {
		String name = nameAfter(text, wordAt);
		boolean stored = text.startsWith(QUEUE, wordAt);
		// What a publisher wrote has one spelling only, so that it is the address.
		String address = (wordAt > USER.length()) ? text
				: USER + encode(owner) + "/" + ((stored) ? QUEUE : TOPIC) + name;
		return new Destination(owner, stored, name, address);
	}

	private static boolean startsWithWord(String text, int at) {
		return text.startsWith(TOPIC, at) || text.startsWith(QUEUE, at);
	}

	private static String nameAfter(String text, int wordAt) {
		int start = wordAt + TOPIC.length();
		int length = text.length() - start;
		if (length < 1 || length > MAX_NAME) {
			throw bad();
		}
		int segment = start;
		for (int i = start; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '/') {
				checkSegment(text, segment, i);
				segment = i + 1;
			}
			else if (!isNameCharacter(c)) {
				throw bad();
			}
		}
		checkSegment(text, segment, text.length());
		return text.substring(start);
	}

	/** Whoever makes a path of a name must not be led out of it by a dot or two. */
	private static void checkSegment(String text, int start, int end) {
		int length = end - start;
		boolean dots = length <= 2 && text.startsWith("..".substring(0, length), start);
		if (dots) {
			throw bad();
		}
	}

	private static boolean isNameCharacter(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_'
				|| c == '-';
	}

	/**
	 * Whether the gateway alone publishes here: to what it tells a user of their session,
	 * and wherever the first segment of the name begins with {@value #GATEWAY}. Of the
	 * latter nobody subscribes to the shared ones either, whatever the rules allow.
	 */
	public boolean reserved() {
		return this.name.startsWith(GATEWAY) || (this.owner != null && !this.stored && this.name.equals(OWN_SESSION));
	}

	/**
	 * Whether this is a command of the gateway: SEND works for everybody, SUBSCRIBE not.
	 */
	public static boolean isCommand(String text) {
		return text.equals(AUTH) || text.equals(PING);
	}

	/** Whether a method of an extension is meant. */
	public boolean application() {
		return this.address.startsWith(APPLICATION);
	}

	/**
	 * The destination as its subscribers write it: a user's own without their name.
	 */
	public String asSubscribed() {
		return (this.owner == null) ? this.address : USER + ((this.stored) ? QUEUE : TOPIC) + this.name;
	}

	/**
	 * The same of a user by another spelling of their name.
	 * @param username the name as it is
	 */
	public Destination ofUser(String username) {
		return username.equals(this.owner) ? this
				: forPublish(USER + encode(username) + '/' + ((this.stored) ? QUEUE : TOPIC) + this.name);
	}

	/**
	 * A username as it stands in an address.
	 * @param username any name an issuer may give
	 */
	public static String encode(String username) {
		StringBuilder encoded = null;
		for (int i = 0; i < username.length(); i++) {
			char c = username.charAt(i);
			if (mustBeEncoded(c) && encoded == null) {
				encoded = new StringBuilder(username.length() + 8).append(username, 0, i);
			}
			if (encoded != null) {
				if (mustBeEncoded(c)) {
					encoded.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
				}
				else {
					encoded.append(c);
				}
			}
		}
		return (encoded != null) ? encoded.toString() : username;
	}

	private static String decode(String text, int start, int end) {
		StringBuilder decoded = new StringBuilder(end - start);
		for (int i = start; i < end; i++) {
			char c = text.charAt(i);
			if (c == '%') {
				c = (i + 2 < end) ? (char) ((unhex(text.charAt(i + 1)) << 4) | unhex(text.charAt(i + 2))) : 'x';
				i += 2;
				if (!mustBeEncoded(c)) {
					throw bad();
				}
			}
			else if (mustBeEncoded(c)) {
				throw bad();
			}
			decoded.append(c);
		}
		String username = decoded.toString();
		// Half a surrogate pair is no character: UTF-8 has none for it, so that a
		// database
		// would keep, and a client receive, another name.
		if (username.isEmpty() || username.length() > MAX_USERNAME || TextRules.hasHalfPair(username)) {
			throw bad();
		}
		return username;
	}

	private static boolean mustBeEncoded(char c) {
		return c == '/' || c == '%' || c < 0x20 || c == 0x7f;
	}

	private static char hex(int digit) {
		return "0123456789ABCDEF".charAt(digit);
	}

	private static int unhex(char c) {
		int digit = "0123456789ABCDEF".indexOf(c);
		if (digit < 0) {
			throw bad();
		}
		return digit;
	}

	private static RefusedException bad() {
		return new RefusedException(Reason.BAD_FRAME,
				"A destination is /topic/{name}, /queue/{name}, /user/topic/{name} or /user/queue/{name}, "
						+ "to publish to a user /user/{username}/topic/{name} or /user/{username}/queue/{name}; its name "
						+ "is " + NAME_RULE + ".");
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Destination that && this.address.equals(that.address);
	}

	@Override
	public int hashCode() {
		return Objects.hashCode(this.address);
	}

	@Override
	public String toString() {
		return this.address;
	}

}
