package dev.usher.session;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A login as Spring Session has it. The id of the Spring Session is left out: it never
 * leaves the store.
 *
 * @param sessionId the id clients see
 * @param device where they logged in
 * @param createdAt when they logged in
 * @param lastSeenAt when it was last used, to a minute
 * @param expiresAt when it ends unless it is refreshed, to a second
 * @param passkeyId the passkey that opened it, or null where it was none
 */
record StoredSession(String sessionId, Device device, Instant createdAt, Instant lastSeenAt, Instant expiresAt,
		@Nullable String passkeyId) {

}
