package dev.usher.node;

import java.util.Collection;

/**
 * Something that nodes hold in the database. Told of a node that has departed, within the
 * transaction that removes its row; by one of the nodes that live, once.
 */
public interface DepartedNodes {

	/** Frees what a node held. */
	void departed(String id);

	/**
	 * Frees what is held by anybody but these nodes. Called at the start, within its
	 * transaction, and now and then by each node that lives.
	 */
	void onlyRemaining(Collection<String> ids);

}
