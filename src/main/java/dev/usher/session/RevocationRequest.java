package dev.usher.session;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import dev.usher.token.Revocation;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/revocations}: one of three, and perhaps a time.
 *
 * @param username whose tokens die
 * @param sessionId the session whose tokens die
 * @param tokenId the {@code jti} of the token that dies
 * @param issuer only tokens of this issuer; not with a session, which is always ours
 * @param issuedBefore only those minted before, in seconds since the epoch
 */
record RevocationRequest(@Nullable String username, @Nullable String sessionId, @Nullable String tokenId,
		@Nullable String issuer, @Nullable Long issuedBefore) implements CheckedBody {

	/** Nobody means later than this; somebody may mean milliseconds. */
	private static final Duration MAX_AHEAD = Duration.ofDays(1);

	@Override
	public void check() {
		long named = Stream.of(this.username, this.sessionId, this.tokenId).filter((value) -> value != null).count();
		if (named != 1) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Exactly one of the members \"username\", \"session_id\" and \"token_id\" is needed.");
		}
		if (this.issuer != null && this.sessionId != null) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"issuer\" does not go with \"session_id\": every session is the gateway's own.");
		}
	}

	Revocation.Kind kind() {
		if (this.username != null) {
			return Revocation.Kind.USER;
		}
		return (this.sessionId != null) ? Revocation.Kind.SESSION : Revocation.Kind.TOKEN;
	}

	/**
	 * What is revoked.
	 * @throws RefusedException {@link Reason#BAD_REQUEST} where it is no name
	 */
	String value() {
		String value = Stream.of(this.username, this.sessionId, this.tokenId)
			.filter((each) -> each != null)
			.findFirst()
			.orElse("");
		if (value == null || value.isEmpty() || value.length() > Revocation.MAX_VALUE || !TextRules.isStorable(value)) {
			throw new RefusedException(Reason.BAD_REQUEST, "What is revoked is named by 1 to " + Revocation.MAX_VALUE
					+ " characters, without NUL and halves of pairs.");
		}
		return value;
	}

	/** The time, or null for none. */
	@Nullable Instant before(Instant now) {
		if (this.issuedBefore == null) {
			return null;
		}
		if (this.issuedBefore < 0 || this.issuedBefore > now.plus(MAX_AHEAD).getEpochSecond()) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"issued_before\" must be in seconds since the epoch, and at most a day ahead.");
		}
		return Instant.ofEpochSecond(this.issuedBefore);
	}

}
