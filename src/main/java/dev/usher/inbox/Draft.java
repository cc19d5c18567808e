package dev.usher.inbox;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be stored.
 *
 * @param publisher whose message it is, or null for one of the gateway's own
 * @param destination where it goes; stored
 * @param contentType the publisher's own word for what the body is,
 * {@value #MAX_CONTENT_TYPE} characters at most
 * @param headers the publisher's own headers, of those the protocol owns at most
 * {@code sender}; {@value #MAX_HEADERS} characters at most
 * @param body the bytes, given away by the caller, {@value #MAX_BODY} at most
 * @param id makes it idempotent: stored once for each publisher and destination within 24
 * hours; {@value #MAX_ID} characters at most
 * @param ttl how long it is worth keeping, or null for as long as the log keeps
 * @param timestamp when it was accepted, epoch milliseconds
 */
public record Draft(@Nullable PublisherId publisher, Destination destination, @Nullable String contentType,
		Map<String, String> headers, byte[] body, @Nullable String id, @Nullable Duration ttl, long timestamp) {

	/** The longest body, in bytes: what one column of the embedded database holds. */
	public static final int MAX_BODY = 1024 * 1024;

	/** The longest id, in characters. */
	public static final int MAX_ID = 255;

	static final int MAX_CONTENT_TYPE = 1024;

	static final int MAX_HEADERS = 400_000;

	/**
	 * Checks what a database would refuse, so that its refusal never meets the messages
	 * stored in the same commit.
	 * @throws RefusedException {@link Reason#TOO_LARGE} or {@link Reason#BAD_REQUEST}
	 */
	public Draft {
		if (!destination.stored()) {
			throw new IllegalArgumentException(destination + " is not stored");
		}
		if (body.length > MAX_BODY) {
			throw new RefusedException(Reason.TOO_LARGE, "A stored body has 1048576 bytes at most.");
		}
		if (ttl != null && (ttl.isNegative() || ttl.isZero())) {
			throw new RefusedException(Reason.BAD_REQUEST, "A ttl must be longer than nothing.");
		}
		headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
		check("The id", id, MAX_ID);
		check("The content type", contentType, MAX_CONTENT_TYPE);
		int length = 0;
		for (Map.Entry<String, String> header : headers.entrySet()) {
			check("A header", header.getKey(), MAX_HEADERS);
			check("A header", header.getValue(), MAX_HEADERS);
			length += header.getKey().length() + header.getValue().length();
		}
		if (length > MAX_HEADERS) {
			throw new RefusedException(Reason.TOO_LARGE, "The headers have 400000 characters at most.");
		}
	}

	/** A message of the gateway's own. */
	public Draft(Destination destination, @Nullable String contentType, Map<String, String> headers, byte[] body,
			@Nullable String id, @Nullable Duration ttl, long timestamp) {
		this(null, destination, contentType, headers, body, id, ttl, timestamp);
	}

	private static void check(String what, @Nullable String text, int max) {
		if (text == null) {
			return;
		}
		if (text.length() > max) {
			throw new RefusedException(Reason.TOO_LARGE, what + " has " + max + " characters at most.");
		}
		if (!TextRules.isStorable(text)) {
			throw new RefusedException(Reason.BAD_REQUEST, what + " holds a character that is none.");
		}
	}

	/** Roughly what it costs while it waits, in bytes. */
	public int weight() {
		int weight = 256 + this.body.length;
		for (Map.Entry<String, String> header : this.headers.entrySet()) {
			weight += 64 + 2 * (header.getKey().length() + header.getValue().length());
		}
		return weight;
	}

	/** Keeps the body out of logs. */
	@Override
	public String toString() {
		return "Draft[" + this.destination + ", " + this.body.length + " bytes]";
	}

}
