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
 * @param issuer only tokens of this issuer, or null for those of all
 * @param expiresAt when this may be forgotten, because every token it could match has
 * expired by then
 */
public record Revocation(Kind kind, String value, @Nullable Instant issuedBefore, @Nullable String issuer,
		Instant expiresAt) {

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

	/** A revocation of tokens of all issuers. */
	public Revocation(Kind kind, String value, @Nullable Instant issuedBefore, Instant expiresAt) {
		this(kind, value, issuedBefore, null, expiresAt);
	}

	/** The same for tokens of one issuer alone. */
	public Revocation ofIssuer(@Nullable String only) {
		return new Revocation(this.kind, this.value, this.issuedBefore, only, this.expiresAt);
	}

	/** Whether the caller's token dies of this. */
	public boolean matches(Caller caller) {
		return this.value.equals(this.kind.valueOf(caller))
				&& (this.issuer == null || this.issuer.equals(caller.issuer())) && coversIssuedAt(caller.issuedAt());
	}

	private boolean coversIssuedAt(@Nullable Instant issuedAt) {
		return this.issuedBefore == null || issuedAt == null || issuedAt.isBefore(this.issuedBefore);
	}

	/** One revocation that is as strong as both, of the same kind, value and issuer. */
	Revocation mergedWith(Revocation other) {
		Instant before = (this.issuedBefore == null || other.issuedBefore == null) ? null
				: later(this.issuedBefore, other.issuedBefore);
		return new Revocation(this.kind, this.value, before, this.issuer, later(this.expiresAt, other.expiresAt));
	}

	private static Instant later(Instant first, Instant second) {
		return first.isAfter(second) ? first : second;
	}

}
