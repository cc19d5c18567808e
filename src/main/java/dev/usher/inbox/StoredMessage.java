package dev.usher.inbox;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message of a log.
 *
 * @param offset its place, counted from 1
 * @param epoch the log's life
 * @param timestamp when it was accepted, epoch milliseconds
 * @param expiresAt when it is no longer delivered, epoch milliseconds
 * @param contentType the publisher's own word for what the body is
 * @param headers the publisher's own headers, and the gateway's that are stored with them
 * @param body the bytes, shared by all readers and never changed
 */
public record StoredMessage(long offset, String epoch, long timestamp, long expiresAt, @Nullable String contentType,
		Map<String, String> headers, byte[] body) {

	/** What {@code message-id} carries: unique over all logs, without blank or colon. */
	public String messageId() {
		return messageId(this.epoch, this.offset);
	}

	public static String messageId(String epoch, long offset) {
		return epoch + "-" + offset;
	}

	/** Roughly what it costs to keep in memory, in bytes. */
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
		return "StoredMessage[" + messageId() + ", " + this.body.length + " bytes]";
	}

}
