package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

import dev.usher.protocol.Sha256;

/**
 * Secrets of 256 random bits in base64url. There is nothing to guess in them, so a fast
 * hash is enough to store them by.
 */
public final class Secret {

	private static final int BYTES = 32;

	private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

	private static final SecureRandom random = new SecureRandom();

	private Secret() {
	}

	/** A new one: 43 characters, none of which a form or a URL must escape. */
	public static String create() {
		byte[] bytes = new byte[BYTES];
		random.nextBytes(bytes);
		return encode(bytes);
	}

	/** Whether it looks like one; anything else need not be looked up. */
	public static boolean isWellFormed(String text) {
		return FORM.matcher(text).matches();
	}

	/** SHA-256 in base64url. */
	public static String hash(String secret) {
		return encode(Sha256.of(secret.getBytes(StandardCharsets.UTF_8)));
	}

	/** Compares; takes as long either way. */
	public static boolean isEqual(String one, String other) {
		return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
	}

	/** Encodes bytes in base64url without padding. */
	public static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
