package dev.usher.access;

import java.util.List;

/**
 * Why a caller may do something or may not.
 *
 * @param verdict what was decided
 * @param considered all rules and claims there are for this action, the rules in the
 * order of the configuration behind the claims; {@value #MOST} at most, and rather those
 * that match
 */
public record Explanation(Verdict verdict, List<Considered> considered) {

	/** So many rules and claims are shown. */
	public static final int MOST = 500;

	/**
	 * A rule or a claim and what came of it.
	 *
	 * @param source where it stands, {@code usher.access[2]} or {@code claim:subscribe}
	 * @param pattern its pattern
	 * @param roles the roles that a rule allows it to; none for a claim
	 * @param why what came of it
	 */
	public record Considered(String source, String pattern, List<String> roles, Why why) {

	}

	/** What came of a rule or a claim. */
	public enum Why {

		/** It allows the action. */
		ALLOWS,

		/** Its pattern is that of other destinations. */
		PATTERN,

		/** It matches, but the caller has none of its roles. */
		ROLE,

		/** It matches, but no rule opens what belongs to another user. */
		OWNER,

		/** It matches, but no rule opens what is the gateway's. */
		RESERVED

	}

}
