package dev.usher.publish;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message somebody wants to be published.
 *
 * @param to the destination as the publisher wrote it
 * @param id makes it idempotent: of those of one id to one destination within 24 hours
 * only the first is stored and delivered. Null for none
 * @param contentType the publisher's own word for what the body is
 * @param headers the publisher's own headers, none of those the protocol owns
 * @param body the bytes; whoever publishes gives them away
 * @param ttl how long it is worth keeping, or null for as long as its log keeps. Live
 * destinations store no messages and ignore it
 */
public record Publication(String to, @Nullable String id, @Nullable String contentType, Map<String, String> headers,
		byte[] body, @Nullable Duration ttl) {

	/** The longest {@code id}, in characters. */
	public static final int MAX_ID = 255;

	/**
	 * Roughly what it costs while it waits, in bytes, as the inbox counts it: a message
	 * may be all headers.
	 */
	int weight() {
		int weight = 256 + this.body.length;
		for (Map.Entry<String, String> header : this.headers.entrySet()) {
			weight += 64 + 2 * (header.getKey().length() + header.getValue().length());
		}
		return weight;
	}

	/** Keeps the body out of logs. */
	@Override
	public String toString() {
		return "Publication[" + this.to + ", " + this.body.length + " bytes]";
	}

}
