package dev.usher.session;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What opens a session, as it is stored, and whose it is.
 *
 * @param sessionId the id clients see
 * @param username whose it is
 * @param generationHash the hash of the one refresh generation that is right
 * @param previousHash the hash of the one it took the place of, or null where there was
 * none
 * @param generation how many there were before
 * @param rotatedAt when it did
 * @param expiresAt when it ends unless it is refreshed, as its Spring Session says
 * @param roles what they were at their login if their account is elsewhere, or null for
 * an account here
 * @param keyThumbprint of the key that all its credentials are bound to, or null for
 * bearer tokens
 */
record SessionRow(String sessionId, String username, String generationHash, @Nullable String previousHash,
		long generation, Instant rotatedAt, Instant expiresAt, @Nullable Set<String> roles,
		@Nullable String keyThumbprint) {

	@Override
	public String toString() {
		return "SessionRow[" + this.sessionId + "]";
	}

}
