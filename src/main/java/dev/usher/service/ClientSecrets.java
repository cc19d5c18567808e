package dev.usher.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Secrets of clients and their hashes. A secret is 256 random bits that we have made, not
 * a password that a person has thought of: nobody can try them all, so a memory-hard hash
 * would protect nothing and let a flood of token requests take the memory and the threads
 * that logins need. One SHA-256 keeps whoever reads the database from using what is
 * there.
 */
final class ClientSecrets implements PasswordEncoder {

	private static final int BYTES = 32;

	private static final int MAX_LENGTH = 1024;

	private final SecureRandom random = new SecureRandom();

	/** A new secret: 43 characters of base64url, none of which a form must escape. */
	String generate() {
		byte[] bytes = new byte[BYTES];
		this.random.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	@Override
	public String encode(@Nullable CharSequence secret) {
		return hash(String.valueOf(secret));
	}

	/** Takes the same time wherever the two differ. */
	@Override
	public boolean matches(@Nullable CharSequence secret, @Nullable String hash) {
		return secret != null && hash != null && secret.length() <= MAX_LENGTH && MessageDigest.isEqual(
				hash(secret.toString()).getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
	}

	/** SHA-256 in base64url. */
	static String hash(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java has SHA-256", ex);
		}
	}

}
