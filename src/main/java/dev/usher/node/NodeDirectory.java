package dev.usher.node;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * All nodes as an administrator sees them: their rows, what the bus hears of them, and
 * this one as it is now. Any thread may call; blocks for the database.
 */
@Component
class NodeDirectory {

	private final NodeLease node;

	private final NodeReports reports;

	private final OwnState state;

	private final Heartbeats heartbeats;

	private final Draining draining;

	private final Clock clock;

	private final long startedAt;

	NodeDirectory(NodeLease node, NodeReports reports, OwnState state, Heartbeats heartbeats, Draining draining,
			Clock clock) {
		this.node = node;
		this.reports = reports;
		this.state = state;
		this.heartbeats = heartbeats;
		this.draining = draining;
		this.clock = clock;
		this.startedAt = clock.millis();
	}

	/** All nodes, by their names, then those that are only heard. */
	List<NodeView> list() {
		if (this.node.isAlone()) {
			return List.of(alone());
		}
		long now = System.nanoTime();
		Map<String, HeardBeat> heard = new HashMap<>(this.heartbeats.heard());
		List<NodeView> all = new ArrayList<>();
		for (NodeReports.Row row : this.reports.all()) {
			HeardBeat beat = heard.remove(row.member().id());
			boolean current = row.member().id().equals(this.node.id());
			all.add(NodeView.of(row, current, (current) ? this.state.now() : row.report(), of(beat, now)));
		}
		heard.forEach((id, beat) -> all
			.add(NodeView.unlisted(id, beat.version(), NodeView.Heard.of(beat, this.clock.instant(), now))));
		return all;
	}

	private NodeView.@Nullable Heard of(@Nullable HeardBeat beat, long now) {
		return (beat != null) ? NodeView.Heard.of(beat, this.clock.instant(), now) : null;
	}

	/** Without others there is no lease. */
	private NodeView alone() {
		Member self = new Member(this.node.id(), this.node.name(), this.node.version(), Member.NO_LANES, 0,
				this.draining.isBegun());
		return NodeView.of(new NodeReports.Row(self, true, this.startedAt, null, null, false), true, this.state.now(),
				null);
	}

	/**
	 * Has a node drained, this one or another, which finds that out within a second. To
	 * do so again changes nothing.
	 * @return the node as it is known now
	 * @throws RefusedException {@link Reason#NOT_FOUND} where no node of this id lives or
	 * did a moment ago, {@link Reason#BAD_REQUEST} where its release cannot be asked
	 */
	NodeView drain(String id) {
		NodeView known = find(id);
		if (known.version() == null) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"This node is of an earlier release, which cannot be asked to drain. Stop it instead.");
		}
		if (!this.node.isAlone()) {
			this.reports.askToDrain(id);
		}
		if (known.current()) {
			this.draining.begin();
		}
		return find(id);
	}

	private NodeView find(String id) {
		return list().stream()
			.filter((each) -> each.id().equals(id) && each.name() != null)
			.findFirst()
			.orElseThrow(() -> new RefusedException(Reason.NOT_FOUND, "There is no node of this id."));
	}

}
