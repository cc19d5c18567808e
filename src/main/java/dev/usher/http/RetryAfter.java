package dev.usher.http;

import java.time.Duration;

/** The header {@code Retry-After} in seconds (RFC 9110, section 10.2.3). */
final class RetryAfter {

	private RetryAfter() {
	}

	/** Rounded up: who comes back too early is refused again. */
	static String seconds(Duration wait) {
		return String.valueOf(Math.max(1, (wait.toMillis() + 999) / 1000));
	}

}
