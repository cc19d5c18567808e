package dev.usher.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Who is connected, on all nodes: counts the connections of a user for their limit and of
 * a session for lists, and shows them to operators. Any thread may call; nothing blocks
 * but what asks the database. What this node alone can tell is for the caller to count.
 */
public interface Presence {

	/**
	 * Names the limit, and who ends connections of this node. Called once, while the
	 * gateway starts.
	 */
	void attach(Limit limit, Holder holder);

	/**
	 * Whether a place must be reserved now: there is a limit, and another node that
	 * counts.
	 */
	boolean reserves();

	/**
	 * Takes one of the places of a user for a connection, until {@link #remove}.
	 * @param id of the connection
	 * @param sessionId the login it comes from, or null
	 * @return false where all are taken on all nodes together; true where there is room,
	 * where the newest takes the place of the oldest, and where the database does not say
	 * in time. Never fails. What depends on it runs on a thread of this package and must
	 * not block
	 */
	CompletableFuture<Boolean> reserve(String id, String username, @Nullable String sessionId);

	/**
	 * Has a connection that is let in be counted elsewhere, or its session be another
	 * than before.
	 */
	void add(String id, String username, @Nullable String sessionId);

	/** Gives the place up. For one that has none this does nothing. */
	void remove(String id);

	/**
	 * How many connections sessions have on other nodes; those with none are left out.
	 * Asks the database.
	 */
	Map<String, Integer> elsewhere(Collection<String> sessionIds);

	/**
	 * Whether other nodes have connections, and so many of them are known here that a
	 * list of them shows all but the newest.
	 * @param filter what the list shows
	 */
	Elsewhere sees(PlaceFilter filter);

	/**
	 * Connections on other nodes, in the order of their nodes and their ids as Java
	 * compares strings. Asks the database, by an index.
	 */
	List<Place> list(PlaceFilter filter, PlaceRange range, int limit);

	/**
	 * Has a connection of another node ended by an operator. Its node hears of it by the
	 * bus, or within a second finds it in the database. Asks the database.
	 * @return whether it is known
	 */
	boolean end(String id);

	/** For a node that no other can be beside: all there is to count is on it. */
	static Presence ofOneNode() {
		return new LonePresence();
	}

	/** Ends connections of this node. */
	@FunctionalInterface
	interface Holder {

		/**
		 * A connection has to go, which may be gone. Called on a thread of the bus or of
		 * this package; must not block.
		 * @param byOperator whether an operator has ended it; else a newer one of the
		 * user takes its place
		 */
		void end(String id, String username, boolean byOperator);

	}

	/**
	 * How many connections a user may have.
	 *
	 * @param perUser on all nodes together, 0 for no limit
	 * @param replacesOldest whether the newest takes the place of the oldest
	 * @param patience how long a connect can wait for the database at most
	 */
	record Limit(int perUser, boolean replacesOldest, Duration patience) {

	}

	/** How much of other nodes is known here. */
	enum Elsewhere {

		/** There are no others. */
		NOBODY,

		/** All of it is. */
		ALL,

		/** What they have is not known, or not all of it. */
		UNKNOWN

	}

	/**
	 * Which connections are listed: those of which all that is not null holds.
	 *
	 * @param node the incarnation that holds them
	 * @param username whose they are
	 * @param sessionId the login they come from
	 */
	record PlaceFilter(@Nullable String node, @Nullable String username, @Nullable String sessionId) {

	}

	/**
	 * Where a list begins and where it ends, in the order of nodes and ids.
	 *
	 * @param afterNode the node behind which it begins, or with an id in which
	 * @param afterId the connection behind which it begins, or null for behind the node
	 * @param beforeNode the node before which it ends, or null for the very end
	 */
	record PlaceRange(String afterNode, @Nullable String afterId, @Nullable String beforeNode) {

	}

	/**
	 * A connection of another node.
	 *
	 * @param node the incarnation that holds it
	 * @param id of the connection
	 * @param username whose it is
	 * @param sessionId the login it comes from, or null
	 * @param since when it was let in
	 */
	record Place(String node, String id, String username, @Nullable String sessionId, Instant since) {

	}

}
