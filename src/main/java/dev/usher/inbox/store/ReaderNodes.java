package dev.usher.inbox.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.node.Leases;

/**
 * Which nodes have which readers open, so that each leaves the others their part. Nothing
 * of it is written where no other node can be.
 */
final class ReaderNodes {

	private final InboxDatabase database;

	private final Peers peers;

	private final String node;

	ReaderNodes(InboxDatabase database, Peers peers) {
		this.database = database;
		this.peers = peers;
		this.node = peers.self();
	}

	/** Notes that this node has a reader open. */
	void opened(long reader) {
		if (!this.peers.areImpossible()) {
			this.database.sql().sql("""
					INSERT INTO inbox_reader_nodes (reader_id, node) SELECT id, :node FROM inbox_readers
					WHERE id = :reader AND NOT EXISTS (
					  SELECT 1 FROM inbox_reader_nodes n WHERE n.reader_id = :reader AND n.node = :node)
					""").param("node", this.node).param("reader", reader).update();
		}
	}

	/** Readers are open no more; each row is a reader and a node. */
	void left(List<Object[]> rows) {
		if (!this.peers.areImpossible()) {
			this.database.batch("DELETE FROM inbox_reader_nodes WHERE reader_id = ? AND node = ?", rows);
		}
	}

	/**
	 * A reader is removed; to be called after its row. Whoever opens it locks that row
	 * first, so each node that has it open is seen here.
	 * @return whether another node has it open
	 */
	boolean removed(long reader) {
		if (this.peers.areImpossible()) {
			return false;
		}
		String of = "DELETE FROM inbox_reader_nodes WHERE reader_id = ? AND node ";
		this.database.sql().sql(of + "= ?").params(reader, this.node).update();
		return this.database.sql().sql(of + "<> ?").params(reader, this.node).update() > 0;
	}

	/** How many nodes have readers open, without those that one has. */
	Map<Long, Integer> count(Collection<Long> readers) {
		Map<Long, Integer> nodes = new HashMap<>();
		if (!readers.isEmpty() && this.peers.areThere()) {
			this.database.sql()
				.sql("SELECT reader_id, COUNT(*) FROM inbox_reader_nodes WHERE reader_id IN (:readers) "
						+ "GROUP BY reader_id HAVING COUNT(*) > 1")
				.param("readers", readers)
				.query((row) -> {
					nodes.put(row.getLong(1), row.getInt(2));
				});
		}
		return nodes;
	}

	/** Those readers that another node has open, which does not drain itself. */
	Set<Long> openElsewhere(Collection<Long> readers) {
		Set<String> draining = this.peers.draining();
		Set<Long> elsewhere = new HashSet<>();
		this.database.sql()
			.sql("SELECT reader_id, node FROM inbox_reader_nodes WHERE reader_id IN (:readers) AND node <> :node")
			.param("readers", readers)
			.param("node", this.node)
			.query((row) -> {
				if (!draining.contains(row.getString(2))) {
					elsewhere.add(row.getLong(1));
				}
			});
		return elsewhere;
	}

	/**
	 * The other nodes that have a reader open or were killed while they had it, and until
	 * when their leases run now.
	 */
	Leases leasesOfOthers(long reader) {
		List<String> others = this.database.sql()
			.sql("SELECT node FROM inbox_reader_nodes WHERE reader_id = ? AND node <> ?")
			.params(reader, this.node)
			.query(String.class)
			.list();
		Leases all = this.peers.readLeases();
		Map<String, Long> until = new HashMap<>(all.until());
		until.keySet().retainAll(others);
		return new Leases(all.at(), until);
	}

}
