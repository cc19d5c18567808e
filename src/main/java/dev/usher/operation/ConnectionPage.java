package dev.usher.operation;

import java.time.Instant;
import java.util.List;

import dev.usher.presence.Presence.Place;
import dev.usher.socket.OpenConnection;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list of connections.
 *
 * @param connections in the order of their nodes and ids
 * @param next where the next page begins, absent on the last one
 * @param complete whether connections of all nodes were looked for; else those of the
 * node that answers, and of others as far as it knows them
 */
record ConnectionPage(List<View> connections, @Nullable String next, boolean complete) {

	/**
	 * A connection as it is shown. Of one on another node no more is known than what is
	 * in the database.
	 *
	 * @param id of the STOMP session
	 * @param node the incarnation that holds it
	 * @param username whose it is
	 * @param sessionId the login it comes from, absent for a token of another issuer
	 * @param since when it became CONNECTED
	 * @param issuer who vouches for its user
	 * @param address where its client is
	 * @param version of STOMP
	 * @param expiresAt when its token ends
	 * @param subscriptions how many it has
	 * @param queuedBytes how much waits for its client
	 */
	record View(String id, String node, String username, @Nullable String sessionId, Instant since,
			@Nullable String issuer, @Nullable String address, @Nullable String version, @Nullable Instant expiresAt,
			@Nullable Integer subscriptions, @Nullable Long queuedBytes) {

		static View of(String node, OpenConnection open) {
			return new View(open.id(), node, open.username(), open.sessionId(), open.since(), open.issuer(),
					open.address(), open.version(), open.expiresAt(), open.subscriptions(), open.queuedBytes());
		}

		static View of(Place place) {
			return new View(place.id(), place.node(), place.username(), place.sessionId(), place.since(), null, null,
					null, null, null, null);
		}

	}

}
