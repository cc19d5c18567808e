package dev.usher.operation;

import java.util.stream.Collectors;

import dev.usher.access.Action;
import dev.usher.access.Explanation;
import dev.usher.access.Explanation.Considered;
import dev.usher.access.Explanation.Why;
import dev.usher.protocol.Destination;

/** An explanation in words. */
final class ExplainSentence {

	/** So many rules that only lack a role are named. */
	private static final int NAMED = 3;

	private ExplainSentence() {
	}

	static String of(Explanation explanation, Action action, String name, Destination destination) {
		String beginning = name + ((explanation.verdict().allowed()) ? " may " : " may not ")
				+ ((action == Action.SUBSCRIBE) ? "subscribe to " : "publish to ") + destination.address();
		return beginning + switch (explanation.verdict().ground()) {
			case PATTERN -> ": " + explanation.verdict().source() + " allows it by the pattern "
					+ explanation.verdict().pattern() + ".";
			case OWN -> ": it is their own.";
			case METHOD -> ": no rule of usher.access names it, so every caller may, where there is such a method.";
			case OTHERS -> ": it belongs to another user, and no rule can open that.";
			case RESERVED -> ": it is the gateway's own, and no rule can open that.";
			case NOTHING -> missing(explanation);
		};
	}

	private static String missing(Explanation explanation) {
		String roles = explanation.considered()
			.stream()
			.filter((each) -> each.why() == Why.ROLE)
			.limit(NAMED)
			.map(ExplainSentence::lacking)
			.collect(Collectors.joining("; "));
		return (roles.isEmpty()) ? ": no pattern of a rule or a claim for this action matches." : ": " + roles + ".";
	}

	private static String lacking(Considered rule) {
		return (rule.roles().isEmpty()) ? rule.source() + " matches and allows this action to nobody" : rule.source()
				+ " would allow it to the role " + String.join(" or ", rule.roles()) + ", which they do not have";
	}

}
