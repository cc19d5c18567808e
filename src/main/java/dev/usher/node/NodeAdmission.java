package dev.usher.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import dev.usher.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node may start beside those that live. A row whose lease is not over may
 * be of a node that was killed, which does not renew it: so a start that finds one in its
 * way looks until the row is renewed, which refuses it, or over.
 */
final class NodeAdmission {

	private static final Logger logger = LoggerFactory.getLogger(NodeAdmission.class);

	private static final Duration LOOK = Duration.ofMillis(250);

	/** Beyond the lease, for a node whose lease is longer than this one's. */
	private static final Duration EXTRA = Duration.ofSeconds(5);

	private final Member self;

	private final Duration lease;

	NodeAdmission(Member self, Duration lease) {
		this.self = self;
		this.lease = lease;
	}

	/** Whether the two may not live at the same time. */
	boolean isInTheWay(Member other) {
		return this.self.lanes() == Member.NO_LANES || other.name().equals(this.self.name()) || differInLanes(other);
	}

	private boolean differInLanes(Member other) {
		return !other.isEarlier() && other.lanes() != this.self.lanes();
	}

	/**
	 * Returns when the node is registered.
	 * @param register registers it if nobody is in the way; answers what it saw
	 * @throws StorageException where somebody is in the way who lives
	 */
	void await(Supplier<NodeTable.View> register) {
		long deadline = System.nanoTime() + this.lease.plus(EXTRA).toNanos();
		Map<String, Long> seen = new HashMap<>();
		while (true) {
			NodeTable.View view = register.get();
			List<Member> inTheWay = view.living().stream().filter(this::isInTheWay).toList();
			if (inTheWay.isEmpty()) {
				return;
			}
			for (Member other : inTheWay) {
				Long before = seen.putIfAbsent(other.id(), other.leaseUntil());
				if (before == null) {
					logger.info("Node {} is in the database; if it was killed its lease is over in {} ms, "
							+ "and the start goes on", other.name(), other.leaseUntil() - view.now());
				}
				else if (before != other.leaseUntil() || System.nanoTime() - deadline > 0) {
					throw refusal(other);
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK.toMillis()));
		}
	}

	private StorageException refusal(Member other) {
		if (other.name().equals(this.self.name())) {
			return new StorageException("Another node with the name '" + other.name() + "' uses the database.",
					"Give each node a name of its own in usher.cluster.node, or stop the other one.");
		}
		if (this.self.lanes() == Member.NO_LANES) {
			return new StorageException(
					"Another node, '" + other.name() + "', uses the database, and usher.cluster.bus is none: "
							+ "live messages would not reach its clients.",
					"Stop the other node, or set usher.cluster.bus=redis on both.");
		}
		if (other.lanes() == Member.NO_LANES) {
			return new StorageException(
					"Another node, '" + other.name() + "', uses the database with usher.cluster.bus=none: "
							+ "live messages would not reach its clients.",
					"Stop the other node, or set usher.cluster.bus=redis on both.");
		}
		return new StorageException(
				"Node '" + other.name() + "' has usher.cluster.lanes=" + other.lanes() + ", and this one "
						+ this.self.lanes() + ": they would not hear each other.",
				"Set usher.cluster.lanes to the same number on all nodes.");
	}

}
