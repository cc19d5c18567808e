package dev.usher.operation;

import java.util.ArrayList;
import java.util.List;

import dev.usher.node.NodeLease;
import dev.usher.operation.ConnectionPage.View;
import dev.usher.presence.Presence;
import dev.usher.presence.Presence.Elsewhere;
import dev.usher.presence.Presence.PlaceFilter;
import dev.usher.presence.Presence.PlaceRange;
import dev.usher.socket.ConnectionDirectory;
import dev.usher.socket.ConnectionFilter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The connections of all nodes in one order, so that a list goes on wherever a load
 * balancer sends the next call: nodes before this one from the database, this one's from
 * memory, those behind it from the database again.
 */
@Component
class ConnectionList {

	private final ConnectionDirectory own;

	private final Presence presence;

	private final NodeLease node;

	ConnectionList(ConnectionDirectory own, Presence presence, NodeLease node) {
		this.own = own;
		this.presence = presence;
		this.node = node;
	}

	/**
	 * A page of it. Blocks for the database where there are other nodes.
	 * @param node the node whose connections alone are looked for, or null for all
	 */
	ConnectionPage page(ConnectionFilter filter, @Nullable String node, ConnectionPlace after, int limit) {
		PlaceFilter places = new PlaceFilter(node, filter.username(), filter.sessionId());
		Elsewhere elsewhere = this.presence.sees(places);
		boolean complete = elsewhere == Elsewhere.NOBODY || this.node.id().equals(node)
				|| (elsewhere == Elsewhere.ALL && filter.address() == null);
		// No row says where a client is. One more than is shown says whether there is
		// more.
		boolean others = elsewhere != Elsewhere.NOBODY && filter.address() == null;
		List<View> found = new ArrayList<>();
		if (others) {
			addBefore(found, places, after, limit + 1);
		}
		addOwn(found, filter, node, after, limit + 1);
		if (others) {
			addBehind(found, places, after, limit + 1);
		}
		boolean more = found.size() > limit;
		List<View> page = found.subList(0, (more) ? limit : found.size());
		String next = (more) ? ConnectionPlace.of(page.get(limit - 1)).toString() : null;
		return new ConnectionPage(List.copyOf(page), next, complete);
	}

	/** Those of nodes before this one. */
	private void addBefore(List<View> found, PlaceFilter places, ConnectionPlace after, int most) {
		if (after.node().compareTo(this.node.id()) < 0) {
			add(found, places, new PlaceRange(after.node(), after.idOrNull(), this.node.id()), most);
		}
	}

	private void addOwn(List<View> found, ConnectionFilter filter, @Nullable String node, ConnectionPlace after,
			int most) {
		String self = this.node.id();
		boolean passed = after.node().compareTo(self) > 0;
		if (passed || found.size() >= most || !(node == null || node.equals(self))) {
			return;
		}
		String id = after.node().equals(self) ? after.id() : "";
		this.own.list(filter, id, most - found.size()).forEach((each) -> found.add(View.of(self, each)));
	}

	private void addBehind(List<View> found, PlaceFilter places, ConnectionPlace after, int most) {
		boolean passed = after.node().compareTo(this.node.id()) > 0;
		add(found, places, (passed) ? new PlaceRange(after.node(), after.idOrNull(), null)
				: new PlaceRange(this.node.id(), null, null), most);
	}

	private void add(List<View> found, PlaceFilter places, PlaceRange range, int most) {
		if (found.size() < most) {
			this.presence.list(places, range, most - found.size()).forEach((place) -> found.add(View.of(place)));
		}
	}

	/** Ends a connection of whichever node; says whether it is known. */
	boolean end(String id) {
		return this.own.end(id) || this.presence.end(id);
	}

}
