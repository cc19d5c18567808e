package dev.usher.presence;

import java.util.Collection;

import dev.usher.cluster.Changes;
import dev.usher.node.DepartedNodes;

/**
 * Frees the places that connections of a dead node have. The embedded database, which has
 * one node, has no such rows.
 */
final class DepartedConnections implements DepartedNodes {

	private final Changes changes;

	private final ConnectionRows rows;

	DepartedConnections(Changes changes, ConnectionRows rows) {
		this.changes = changes;
		this.rows = rows;
	}

	@Override
	public void departed(String id) {
		if (this.changes.shared()) {
			this.rows.removeAllOf(id);
		}
	}

	@Override
	public void onlyRemaining(Collection<String> ids) {
		if (this.changes.shared()) {
			this.rows.removeAllBut(ids);
		}
	}

}
