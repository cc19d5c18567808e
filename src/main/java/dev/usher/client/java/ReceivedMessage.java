package dev.usher.client.java;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message as its subscriber gets it.
 *
 * @param destination as it was subscribed to
 * @param headers all of them, the publisher's own too, {@code sender} being the
 * publisher's verified name
 * @param bytes the body, which is not copied
 * @param position its place in the log, null where the destination is live
 * @param redelivered whether it may have been handed out before
 */
public record ReceivedMessage(String destination, Map<String, String> headers, byte[] bytes,
		@Nullable LogPosition position, boolean redelivered) {

	static ReceivedMessage of(StompText frame) {
		Map<String, String> headers = frame.headers();
		return new ReceivedMessage(headers.getOrDefault("destination", ""), headers, frame.body(),
				LogPosition.of(headers), "true".equals(headers.get("redelivered")));
	}

	/** The body as text. */
	public String text() {
		return new String(this.bytes, StandardCharsets.UTF_8);
	}

	/** When it was published, to the millisecond; null where nobody says. */
	public @Nullable Instant sentAt() {
		String millis = this.headers.get("timestamp");
		return (millis != null) ? Instant.ofEpochMilli(Long.parseLong(millis)) : null;
	}

}
