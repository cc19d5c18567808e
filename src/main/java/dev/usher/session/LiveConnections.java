package dev.usher.session;

/**
 * Counts the connections of a session that are open on this node. Implemented by whoever
 * keeps connections; where nobody does, the count is 0.
 */
@FunctionalInterface
public interface LiveConnections {

	/**
	 * How many connections of a session are open now. Any thread may ask; must not block.
	 */
	int count(String sessionId);

}
