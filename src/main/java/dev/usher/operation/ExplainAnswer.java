package dev.usher.operation;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.usher.access.Explanation;
import dev.usher.access.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody may do something, or may not.
 *
 * @param allowed whether they may
 * @param code what they would be refused with, absent where they may
 * @param sentence all of it in words
 * @param username who it is about, absent where a token is nobody's
 * @param basis what is known of them: {@code account}, {@code connection} or
 * {@code token}
 * @param roles what they are
 * @param action what they want to do
 * @param destination where, as it is understood
 * @param matched what allows it, absent where nothing does, or nothing has to
 * @param considered all rules and claims for this action
 */
record ExplainAnswer(boolean allowed, @Nullable String code, String sentence, @Nullable String username,
		@Nullable String basis, Set<String> roles, String action, String destination, @Nullable Match matched,
		List<Considered> considered) {

	/**
	 * A pattern and where it stands.
	 *
	 * @param source {@code usher.access[2]} or {@code claim:subscribe}
	 */
	record Match(String source, String pattern) {

		static @Nullable Match of(Verdict verdict) {
			String source = verdict.source();
			String pattern = verdict.pattern();
			return (source != null && pattern != null) ? new Match(source, pattern) : null;
		}

	}

	/**
	 * A rule or a claim and what came of it.
	 *
	 * @param source {@code usher.access[2]} or {@code claim:subscribe}
	 * @param roles the roles that the rule allows it to
	 * @param why {@code allows}; {@code pattern}: it is about other destinations;
	 * {@code role}: the caller has none of its roles; {@code owner}: it is another
	 * user's; {@code reserved}: it is the gateway's
	 */
	record Considered(String source, String pattern, List<String> roles, String why) {

		static Considered of(Explanation.Considered one) {
			return new Considered(one.source(), one.pattern(), one.roles(), one.why().name().toLowerCase(Locale.ROOT));
		}

	}

}
