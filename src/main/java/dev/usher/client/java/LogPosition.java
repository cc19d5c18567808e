package dev.usher.client.java;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A place in the log of a stored destination.
 *
 * @param offset of the message before it, from 1 without a hole; 0 is before the first
 * @param epoch names the life of the log: one made anew has another
 */
public record LogPosition(long offset, String epoch) {

	/** Before the oldest message that is kept. */
	public static final LogPosition FIRST = new LogPosition(0, "");

	static @Nullable LogPosition of(Map<String, String> headers) {
		String offset = headers.get("offset");
		return (offset != null) ? new LogPosition(Long.parseLong(offset), headers.getOrDefault("epoch", "")) : null;
	}

	/** Whether it is further on, or in another life of the log. */
	boolean isAfter(@Nullable LogPosition other) {
		return other == null || !this.epoch.equals(other.epoch) || this.offset > other.offset;
	}

}
