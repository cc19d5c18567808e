package dev.usher.bus;

import java.security.SecureRandom;

/**
 * This process among all nodes, before and after it: 64 random bits that no other process
 * has.
 *
 * @param value never 0
 */
public record Incarnation(long value) {

	static Incarnation random() {
		SecureRandom random = new SecureRandom();
		long value = 0;
		while (value == 0) {
			value = random.nextLong();
		}
		return new Incarnation(value);
	}

	/** Reads what {@link #text()} has written. */
	public static Incarnation parse(String text) {
		return new Incarnation(Long.parseUnsignedLong(text, Character.MAX_RADIX));
	}

	/** In letters and digits. */
	public String text() {
		return text(this.value);
	}

	static String text(long value) {
		return Long.toUnsignedString(value, Character.MAX_RADIX);
	}

}
