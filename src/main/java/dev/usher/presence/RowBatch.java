package dev.usher.presence;

import java.util.List;
import java.util.Set;

/**
 * What one transaction makes of the rows of this node.
 *
 * @param gone ids of connections that are no more
 * @param known connections that are let in, whatever the limit says
 * @param coming connections that want a place, in the order in which they came
 */
record RowBatch(List<String> gone, List<HeldPlace> known, List<HeldPlace> coming) {

	/**
	 * What became of it.
	 *
	 * @param admitted ids of those that got a place
	 * @param replaced connections that have to go for them, on any node
	 */
	record Outcome(Set<String> admitted, List<Replaced> replaced) {

	}

	/**
	 * A connection that has to go.
	 *
	 * @param node the incarnation that holds it
	 * @param byOperator whether an operator has ended it; else a newer one has its place
	 */
	record Replaced(String node, String id, String username, boolean byOperator) {

		Replaced(String node, String id, String username) {
			this(node, id, username, false);
		}

	}

}
