package dev.usher.token;

import java.time.Instant;

import dev.usher.access.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Something that dies before its token expires. Published as an application event once it
 * is in force, so that whoever holds a connection open can close it.
 *
 * @param kind what the value names
 * @param value a user's name, a session's id or a token's {@code jti}, 512 characters at
 * most
 * @param issuedBefore only tokens minted before this instant, or null for all of them. A
 * token that does not say when it was minted counts as minted before. {@code iat} is in
 * whole seconds, so a token of the same second counts as minted before as well
 * @param expiresAt when this may be forgotten, because every token it could match has
 * expired by then
 */
public record Revocation(Kind kind, String value, @Nullable Instant issuedBefore, Instant expiresAt) {

	/** The longest value, in characters. */
	public static final int MAX_VALUE = 512;

	/** What a revocation names. */
	public enum Kind {

		USER, SESSION, TOKEN;

		@Nullable String valueOf(Caller caller) {
			return switch (this) {
				case USER -> caller.name();
				case SESSION -> caller.sessionId();
				case TOKEN -> caller.tokenId();
			};
		}

	}

	public Revocation {
		if (value.isEmpty() || value.length() > MAX_VALUE) {
			throw new IllegalArgumentException("what is revoked is named by 1 to 512 characters");
		}
	}

	/** Whether the caller's token dies of this. */
	public boolean matches(Caller caller) {
		return this.value.equals(this.kind.valueOf(caller)) && coversIssuedAt(caller.issuedAt());
	}

	private boolean coversIssuedAt(@Nullable Instant issuedAt) {
		return this.issuedBefore == null || issuedAt == null || issuedAt.isBefore(this.issuedBefore);
	}

	/** One revocation that is as strong as both, of the same kind and value. */
	Revocation mergedWith(Revocation other) {
		Instant before = (this.issuedBefore == null || other.issuedBefore == null) ? null
				: later(this.issuedBefore, other.issuedBefore);
		return new Revocation(this.kind, this.value, before, later(this.expiresAt, other.expiresAt));
	}

	private static Instant later(Instant first, Instant second) {
		return first.isAfter(second) ? first : second;
	}

}
