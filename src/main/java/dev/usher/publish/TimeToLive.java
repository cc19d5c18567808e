package dev.usher.publish;

import java.time.DateTimeException;
import java.time.Duration;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/**
 * The {@code ttl} of a message: seconds, or a duration as ISO 8601 writes it
 * ({@code PT1H30M}); a millisecond at least.
 */
final class TimeToLive {

	/** Ten years: more than any log keeps, and far from where milliseconds overflow. */
	private static final Duration MAX = Duration.ofDays(3650);

	private static final int MAX_TEXT = 64;

	private TimeToLive() {
	}

	static Duration ofSeconds(double seconds) {
		// Negated, so that NaN is refused too.
		if (!(seconds > 0 && seconds <= MAX.toSeconds())) {
			throw bad();
		}
		return checked(Duration.ofMillis((long) (seconds * 1000)));
	}

	static Duration parse(String text) {
		try {
			if (text.length() <= MAX_TEXT) {
				return checked(Duration.parse(text));
			}
		}
		catch (DateTimeException | ArithmeticException ex) {
			// Said below.
		}
		throw bad();
	}

	private static Duration checked(Duration ttl) {
		if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(MAX) > 0) {
			throw bad();
		}
		return ttl;
	}

	static RefusedException bad() {
		return new RefusedException(Reason.BAD_REQUEST,
				"Member \"ttl\" must be seconds, or a duration such as \"PT1H\", from 1 ms to 3650 days.");
	}

}
