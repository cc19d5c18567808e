package dev.usher.socket;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A connection as it was when somebody asked.
 *
 * @param id of the STOMP session
 * @param username whose it is
 * @param issuer who vouches for them
 * @param sessionId the login it comes from, or null
 * @param address where its client is
 * @param version of STOMP
 * @param since when it became CONNECTED
 * @param expiresAt when its token ends
 * @param subscriptions how many it has
 * @param queuedBytes how much waits for its client
 */
public record OpenConnection(String id, String username, String issuer, @Nullable String sessionId, String address,
		String version, Instant since, Instant expiresAt, int subscriptions, long queuedBytes) {

}
