package dev.usher.protocol;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Names one refusal, so that somebody who was refused and somebody who reads the log can
 * tell that they speak of the same. No secret: whoever guesses one learns nothing.
 */
final class IncidentId {

	/** No letter or digit here is taken for another when it is read out. */
	private static final String ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

	private static final int LENGTH = 8;

	private IncidentId() {
	}

	static String create() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		char[] id = new char[LENGTH];
		for (int i = 0; i < LENGTH; i++) {
			id[i] = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
		}
		return new String(id);
	}

}
