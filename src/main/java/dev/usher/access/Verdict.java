package dev.usher.access;

import org.jspecify.annotations.Nullable;

/**
 * Whether a caller may do something with a destination, and what says so. Made once for
 * each pattern, so that asking makes none.
 *
 * @param allowed whether they may
 * @param ground why
 * @param source where the pattern stands that allows it, {@code usher.access[2]} or
 * {@code claim:subscribe}; null where none does
 * @param pattern that pattern, likewise
 */
public record Verdict(boolean allowed, Ground ground, @Nullable String source, @Nullable String pattern) {

	/** One's own destinations need no rule. */
	static final Verdict OWN = new Verdict(true, Ground.OWN, null, null);

	/** A method of an extension that no rule names. */
	static final Verdict METHOD = new Verdict(true, Ground.METHOD, null, null);

	/** Another user's destination, which no rule opens. */
	static final Verdict OTHERS = new Verdict(false, Ground.OTHERS, null, null);

	/** A destination of the gateway's own, which no rule opens. */
	static final Verdict RESERVED = new Verdict(false, Ground.RESERVED, null, null);

	/** Denied, as everything is that nothing allows. */
	static final Verdict NOTHING = new Verdict(false, Ground.NOTHING, null, null);

	/** A pattern that allows. */
	static Verdict pattern(String source, String pattern) {
		return new Verdict(true, Ground.PATTERN, source, pattern);
	}

	/** Why it is so. */
	public enum Ground {

		/** A pattern of a rule or of a claim allows it. */
		PATTERN,

		/** It is the caller's own. */
		OWN,

		/** It is a method that no rule names, open to every caller. */
		METHOD,

		/** It is another user's. */
		OTHERS,

		/** It is the gateway's. */
		RESERVED,

		/** Nothing allows it. */
		NOTHING

	}

}
