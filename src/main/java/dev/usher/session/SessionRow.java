package dev.usher.session;

import java.time.Instant;

/**
 * A session as it is stored.
 *
 * @param sessionId the id clients see
 * @param storeId the id of its Spring Session, which never leaves the server
 * @param username whose it is
 * @param generationHash the hash of the one refresh generation that is right
 * @param createdAt when they logged in
 * @param lastSeenAt when it was last used, to a minute
 * @param expiresAt when its refresh token ends
 */
record SessionRow(String sessionId, String storeId, String username, String generationHash, Instant createdAt,
		Instant lastSeenAt, Instant expiresAt) {

	@Override
	public String toString() {
		return "SessionRow[" + this.sessionId + "]";
	}

}
