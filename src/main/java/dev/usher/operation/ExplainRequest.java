package dev.usher.operation;

import java.util.Arrays;

import dev.usher.access.Action;
import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.Destination;
import dev.usher.protocol.MemberRules;
import dev.usher.protocol.TextRules;
import dev.usher.token.TokenVerifier;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/explain}: who, what and where.
 *
 * @param username a user
 * @param token in place of the name, an access token of theirs
 * @param action {@code subscribe} or {@code publish}
 * @param destination as the client would write it
 */
record ExplainRequest(@Nullable String username, @Nullable String token, @Nullable String action,
		@Nullable String destination) implements CheckedBody {

	private static final int MAX_DESTINATION = 2048;

	@Override
	public void check() {
		MemberRules.required("action", this.action);
		MemberRules.required("destination", this.destination);
		if ((this.username == null) == (this.token == null)) {
			throw Parameters.bad("Exactly one of the members \"username\" and \"token\" must be there.");
		}
		if (this.username != null && (this.username.isEmpty() || this.username.length() > Destination.MAX_USERNAME
				|| !TextRules.isPrintable(this.username))) {
			throw Parameters.bad("Member \"username\" is no name.");
		}
		if (this.token != null && (this.token.isEmpty() || this.token.length() > TokenVerifier.MAX_LENGTH)) {
			throw Parameters.bad("Member \"token\" is no access token.");
		}
		if (Arrays.stream(Action.values()).noneMatch((each) -> each.word().equals(this.action))) {
			throw Parameters.bad("Member \"action\" must be \"subscribe\" or \"publish\".");
		}
		if (this.destination != null && this.destination.length() > MAX_DESTINATION) {
			throw Parameters.bad("Member \"destination\" has " + MAX_DESTINATION + " characters at most.");
		}
	}

	/** What they want to do. */
	Action asked() {
		return Arrays.stream(Action.values())
			.filter((each) -> each.word().equals(this.action))
			.findFirst()
			.orElseThrow();
	}

	/** Where. */
	String written() {
		return String.valueOf(this.destination);
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "ExplainRequest[" + this.action + " " + this.destination + "]";
	}

}
