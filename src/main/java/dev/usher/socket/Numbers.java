package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

/** Reads numbers out of a frame's headers. */
final class Numbers {

	/** No number longer than this overflows a long. */
	private static final int MOST_DIGITS = 18;

	private Numbers() {
	}

	/**
	 * A whole number, 0 or more; null where the frame has no such header.
	 * @throws RefusedException {@link Reason#BAD_FRAME} for anything else
	 */
	static @Nullable Long of(ClientFrame frame, String name) {
		String value = frame.header(name);
		if (value == null) {
			return null;
		}
		if (value.isEmpty() || value.length() > MOST_DIGITS || !value.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw new RefusedException(Reason.BAD_FRAME, "The header " + name + " is a whole number, 0 or more.");
		}
		return Long.valueOf(value);
	}

}
