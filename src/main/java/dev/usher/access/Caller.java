package dev.usher.access;

import java.security.Principal;
import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Whoever was verified: a user of ours, a user of a trusted issuer, or a service. Made
 * only from a verified credential; there is no anonymous caller.
 *
 * @param name the name all their destinations belong to, unique over all issuers
 * @param roles what they are
 * @param permissions what the rules and their token let them do
 * @param issuer who vouches for them
 * @param sessionId the session their token came from, or null for a foreign token
 * @param tokenId the token's {@code jti}, or null where it has none
 * @param issuedAt when the token was minted, or null where it does not say
 * @param expiresAt when the token ends; nothing is delivered from this instant on
 * @param keyThumbprint the thumbprint (RFC 7638) of the key that their credential is
 * bound to, or null for a bearer token. Who holds such a credential without the key is
 * nobody
 */
public record Caller(String name, Set<String> roles, Permissions permissions, String issuer, @Nullable String sessionId,
		@Nullable String tokenId, @Nullable Instant issuedAt, Instant expiresAt,
		@Nullable String keyThumbprint) implements Principal {

	/** The role of those who may use the calls under {@code /admin}. */
	public static final String ADMIN = "admin";

	/**
	 * The role of those who may look at all that calls under {@code /admin} show but
	 * bodies of messages, and end connections.
	 */
	public static final String OPERATOR = "operator";

	/** A caller whose credential is bound to no key. */
	public Caller(String name, Set<String> roles, Permissions permissions, String issuer, @Nullable String sessionId,
			@Nullable String tokenId, @Nullable Instant issuedAt, Instant expiresAt) {
		this(name, roles, permissions, issuer, sessionId, tokenId, issuedAt, expiresAt, null);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
