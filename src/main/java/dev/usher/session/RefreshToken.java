package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A refresh token in the clear, as only its client and the one answer that carries it
 * have it: a secret that stays the same for the whole life of a session (its family) and
 * one that is new after every refresh (its generation). The first finds the session, the
 * second is right only once; so reuse is noticed however long ago a token was replaced,
 * and with one row for a session.
 */
final class RefreshToken {

	/** 256 bits each: nothing to guess, so a fast hash is enough to store them. */
	private static final int SECRET_BYTES = 32;

	private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");

	private static final SecureRandom random = new SecureRandom();

	private final String family;

	private final String generation;

	private RefreshToken(String family, String generation) {
		this.family = family;
		this.generation = generation;
	}

	/** The first token of a new session. */
	static RefreshToken create() {
		return new RefreshToken(secret(), secret());
	}

	/** The token that takes the place of this one. */
	RefreshToken next() {
		return new RefreshToken(this.family, secret());
	}

	/** Reads what a client sent; empty where it is no token of ours. */
	static Optional<RefreshToken> parse(String value) {
		Matcher matcher = FORM.matcher(value);
		return matcher.matches() ? Optional.of(new RefreshToken(matcher.group(1), matcher.group(2))) : Optional.empty();
	}

	/** What the client gets. */
	String value() {
		return this.family + "." + this.generation;
	}

	String familyHash() {
		return hash(this.family);
	}

	String generationHash() {
		return hash(this.generation);
	}

	/** Whether this is the generation of a stored hash; takes as long either way. */
	boolean isOfGeneration(String hash) {
		return MessageDigest.isEqual(generationHash().getBytes(StandardCharsets.US_ASCII),
				hash.getBytes(StandardCharsets.US_ASCII));
	}

	private static String secret() {
		byte[] bytes = new byte[SECRET_BYTES];
		random.nextBytes(bytes);
		return encode(bytes);
	}

	private static String hash(String secret) {
		try {
			return encode(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encode(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "RefreshToken";
	}

}
