package dev.usher.cluster;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Carries hints of changes over the bus: to the nodes on which the user is connected,
 * which have sockets to close, or to all. An entry has no content, so that there is
 * nothing in it to believe.
 */
@Component
class ChangeFrames implements ChangeHints {

	private static final byte[] NOTHING = {};

	private final Bus bus;

	ChangeFrames(Bus bus, ChangeFeed feed) {
		this.bus = bus;
		bus.receive(EntryKind.REVOCATION, (channel, origin, entry) -> feed.pollSoon());
	}

	@Override
	public void changed(@Nullable String user) {
		if (this.bus.reachesOthers()) {
			BusChannel channel = (user != null) ? BusChannel.user(user) : BusChannel.CONTROL;
			this.bus.send(channel, EntryKind.REVOCATION, NOTHING);
		}
	}

}
