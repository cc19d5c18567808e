package dev.usher.socket;

import java.util.concurrent.atomic.AtomicLong;

import dev.usher.access.Caller;
import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.Gap;
import dev.usher.socket.StompConnection.State;

import org.springframework.stereotype.Component;

/**
 * Tells connections that live messages of other nodes may not have reached them for a
 * while: those whose user, or one of whose topics, was cut off.
 */
@Component
class GapNotice implements Bus.GapListener {

	private final Connections connections;

	private final AtomicLong gaps = new AtomicLong();

	GapNotice(Connections connections, Bus bus) {
		this.connections = connections;
		bus.onGap(this);
	}

	@Override
	public void onGap(Gap gap) {
		String id = "gap-" + this.gaps.incrementAndGet() + "-";
		String body = "{\"event\":\"gap\",\"seconds\":" + gap.seconds() + "}";
		for (StompConnection connection : this.connections.all()) {
			Caller caller = connection.caller();
			if (caller != null && connection.state() == State.CONNECTED && affects(gap, connection, caller)) {
				SessionNotice.send(connection, caller.name(), id + connection.id(), body);
			}
		}
	}

	private static boolean affects(Gap gap, StompConnection connection, Caller caller) {
		return gap.affects(BusChannel.user(caller.name())) || connection.subscriptions()
			.all()
			.stream()
			.filter((subscription) -> !subscription.destination().stored())
			.anyMatch((subscription) -> gap.affects(BusChannel.of(subscription.destination())));
	}

}
