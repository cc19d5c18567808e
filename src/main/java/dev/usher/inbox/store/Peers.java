package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.usher.node.Leases;
import dev.usher.node.Member;
import dev.usher.node.NodeLease;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.LogHints;
import dev.usher.inbox.StoredMessage;
import dev.usher.inbox.store.MessageStore.Outcome;
import dev.usher.protocol.Destination;

/**
 * The other nodes on the database as stored destinations know them: whether there are
 * any, and what tells them quickly. Any thread may call.
 */
final class Peers {

	private final NodeLease node;

	private volatile LogHints hints = LogHints.NONE;

	Peers(NodeLease node) {
		this.node = node;
	}

	/** What this start of this node is called in the rows of claims. */
	String self() {
		return this.node.id();
	}

	/** Whether no other node can use the database at all. */
	boolean areImpossible() {
		return this.node.isAlone();
	}

	boolean areThere() {
		return this.node.hasPeers();
	}

	/** Nodes that leave to others what they have. */
	Set<String> draining() {
		return this.node.living().stream().filter(Member::draining).map(Member::id).collect(Collectors.toSet());
	}

	/** The leases of all nodes, as they were seen last. */
	Leases leases() {
		return this.node.leases();
	}

	/** The same, read now; in the caller's transaction. */
	Leases readLeases() {
		return this.node.readLeases();
	}

	/** How often this node lost all it had taken. */
	int losses() {
		return this.node.losses();
	}

	void carry(LogHints carrier) {
		this.hints = carrier;
	}

	/** Whether whatever others store is told to this node. */
	boolean tellAll() {
		return this.node.isSeen() && this.hints.work();
	}

	/** Grows with each time after which this node may not have been told of something. */
	long gaps() {
		return this.hints.gaps();
	}

	/** A log is read here now. */
	void want(Destination destination) {
		this.hints.want(destination);
	}

	/** Whether what others store in a wanted log is told to this node from now on. */
	boolean tellOf(Destination destination) {
		return this.hints.arrive(destination);
	}

	void unwant(Destination destination) {
		this.hints.unwant(destination);
	}

	/** Messages that were taken here are free. */
	void tellFreed(Destination destination) {
		this.hints.freed(destination);
	}

	/**
	 * Tells what a commit stored, once for each log. What is known of the leases may be
	 * seconds old, so whoever is heard is told too.
	 */
	void tell(List<Outcome> outcomes) {
		LogHints carrier = this.hints;
		if (carrier == LogHints.NONE || !(areThere() || carrier.hearAnybody())) {
			return;
		}
		Map<Destination, List<StoredMessage>> logs = new LinkedHashMap<>();
		for (Outcome outcome : outcomes) {
			StoredMessage message = outcome.message();
			if (message != null) {
				logs.computeIfAbsent(outcome.draft().destination(), (key) -> new ArrayList<>()).add(message);
			}
		}
		logs.forEach((destination, messages) -> carrier.appended(hint(destination, messages)));
	}

	private static LogHint hint(Destination destination, List<StoredMessage> messages) {
		StoredMessage last = messages.get(messages.size() - 1);
		int bytes = messages.stream().mapToInt(StoredMessage::weight).sum();
		return new LogHint(destination, last.epoch(), last.offset(),
				(bytes <= LogHint.MAX_BYTES) ? messages : List.of());
	}

}
