package dev.usher.presence;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Who is connected, on all nodes: counts the connections of a user for their limit and of
 * a session for lists. Any thread may call; nothing but {@link #elsewhere} blocks. What
 * this node alone can tell is for the caller to count.
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

	/** For a node that no other can be beside: all there is to count is on it. */
	static Presence ofOneNode() {
		return new LonePresence();
	}

	/** Ends connections of this node. */
	@FunctionalInterface
	interface Holder {

		/**
		 * A newer connection of the user takes the place of this one, which may be gone.
		 * Called on a thread of the bus or of this package; must not block.
		 */
		void replaced(String id, String username);

	}

	/**
	 * How many connections a user may have.
	 *
	 * @param perUser on all nodes together, 0 for no limit
	 * @param replacesOldest whether the newest takes the place of the oldest
	 * @param patience how long a connect waits for the database
	 */
	record Limit(int perUser, boolean replacesOldest, Duration patience) {

	}

}
