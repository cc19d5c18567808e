package dev.usher.session;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.token.Secret;

/**
 * A refresh token in the clear, as only its client and the one answer that carries it
 * have it: a secret that stays the same for the whole life of a session (its family) and
 * one that is new after every refresh (its generation). The first finds the session, the
 * second is right only once; so reuse is noticed however long ago a token was replaced,
 * and with one row for a session.
 */
final class RefreshToken {

	private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");

	private final String family;

	private final String generation;

	private RefreshToken(String family, String generation) {
		this.family = family;
		this.generation = generation;
	}

	/** The first token of a new session. */
	static RefreshToken create() {
		return new RefreshToken(Secret.create(), Secret.create());
	}

	/** The token that takes the place of this one. */
	RefreshToken followedBy(String nextGeneration) {
		return new RefreshToken(this.family, nextGeneration);
	}

	/** What its successor is derived from: nobody knows it who has no token. */
	String successorText(long number) {
		return this.family + "." + number;
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
		return Secret.hash(this.family);
	}

	String generationHash() {
		return Secret.hash(this.generation);
	}

	/** Whether this is the generation of a stored hash; takes as long either way. */
	boolean isOfGeneration(String hash) {
		return Secret.isEqual(generationHash(), hash);
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "RefreshToken";
	}

}
