package dev.usher.session;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A session as it is stored.
 *
 * @param sessionId the id clients see
 * @param storeId the id of its Spring Session, which never leaves the server
 * @param username whose it is
 * @param generationHash the hash of the one refresh generation that is right
 * @param previousHash the hash of the one it took the place of, or null where there was
 * none
 * @param generation how many there were before
 * @param rotatedAt when it did
 * @param createdAt when they logged in
 * @param lastSeenAt when it was last used, to a minute
 * @param expiresAt when its refresh token ends
 * @param roles what they were at their login if their account is elsewhere, or null for
 * an account here
 */
record SessionRow(String sessionId, String storeId, String username, String generationHash,
		@Nullable String previousHash, long generation, Instant rotatedAt, Instant createdAt, Instant lastSeenAt,
		Instant expiresAt, @Nullable Set<String> roles) {

	@Override
	public String toString() {
		return "SessionRow[" + this.sessionId + "]";
	}

}
