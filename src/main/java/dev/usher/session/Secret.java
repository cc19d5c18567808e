package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Secrets of 256 random bits in base64url. There is nothing to guess in them, so a fast
 * hash is enough to store them by.
 */
final class Secret {

	private static final int BYTES = 32;

	private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

	private static final SecureRandom random = new SecureRandom();

	private Secret() {
	}

	static String create() {
		byte[] bytes = new byte[BYTES];
		random.nextBytes(bytes);
		return encode(bytes);
	}

	/** Whether it looks like one; anything else need not be looked up. */
	static boolean isForm(String text) {
		return FORM.matcher(text).matches();
	}

	static String hash(String secret) {
		try {
			return encode(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/** Compares; takes as long either way. */
	static boolean isEqual(String one, String other) {
		return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
	}

	static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
