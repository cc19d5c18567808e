package dev.usher.inbox.store;

import java.util.HashMap;
import java.util.Map;

import dev.usher.node.Leases;

/**
 * The other nodes that had a reader open, with messages of it that are not acknowledged,
 * when it was opened here. If one of them lives, the reader's work is shared, and there
 * is nothing to wait for. If none does, whoever reads here comes from a node that was
 * killed, and gets what that node had before anything newer: so nothing is handed out
 * until their leases are over and their messages are free. Guarded by the reader's lock.
 */
final class Predecessors {

	private final Peers peers;

	/** When the reader was opened, by the database. */
	private final long openedAt;

	/** By node, until when its lease ran then. */
	private final Map<String, Long> leases;

	Predecessors(Peers peers, Leases leases) {
		this.peers = peers;
		this.openedAt = leases.at();
		this.leases = new HashMap<>(leases.until());
	}

	/** Looks whether there is still somebody to wait for. */
	boolean areAwaited() {
		Leases seen = this.peers.leases();
		if (seen.at() <= this.openedAt) {
			return true;
		}
		// With the row of a node go its claims.
		this.leases.keySet().retainAll(seen.until().keySet());
		return !this.leases.isEmpty() && this.leases.entrySet().stream().noneMatch((before) -> {
			Long now = seen.until().get(before.getKey());
			return now != null && now > before.getValue();
		});
	}

}
