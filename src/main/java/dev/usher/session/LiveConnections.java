package dev.usher.session;

import java.util.Collection;
import java.util.Map;

/**
 * Counts the connections of sessions that are open, on all nodes. Implemented by whoever
 * keeps connections; where nobody does, there are none.
 */
@FunctionalInterface
public interface LiveConnections {

	/**
	 * How many connections sessions have now. A session with none may be left out. Asks
	 * the database where there are other nodes.
	 */
	Map<String, Integer> count(Collection<String> sessionIds);

}
