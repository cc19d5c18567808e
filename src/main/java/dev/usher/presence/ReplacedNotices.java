package dev.usher.presence;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Incarnation;
import dev.usher.presence.Presence.Holder;
import dev.usher.presence.RowBatch.Replaced;

/**
 * Tells other nodes by the bus which of their connections have to go, and hears the same
 * of them. One that is lost is found in the rows a second later.
 */
final class ReplacedNotices {

	private static final int SIZE = 96;

	/**
	 * Behind the rest, where an operator has ended the connection. The release before
	 * this one does not read so far, and takes it for replaced.
	 */
	private static final int BY_OPERATOR = 1;

	private final Bus bus;

	private final BusChannel own;

	private volatile Holder holder = (id, username, byOperator) -> {
	};

	ReplacedNotices(Bus bus, Incarnation incarnation) {
		this.bus = bus;
		this.own = BusChannel.node(incarnation.value());
		bus.receive(EntryKind.KICK, this::onEntry);
	}

	void attach(Holder holder) {
		this.holder = holder;
	}

	void start() {
		this.bus.want(this.own);
	}

	void stop() {
		this.bus.unwant(this.own);
	}

	/** Ends a connection on whichever node it is. */
	void tell(Replaced replaced) {
		BusChannel channel = BusChannel.node(Incarnation.parse(replaced.node()).value());
		if (channel.equals(this.own)) {
			this.holder.end(replaced.id(), replaced.username(), replaced.byOperator());
		}
		else {
			ByteWriter entry = new ByteWriter(SIZE).text(replaced.id()).text(replaced.username());
			this.bus.send(channel, EntryKind.KICK,
					((replaced.byOperator()) ? entry.raw(BY_OPERATOR) : entry).toBytes());
		}
	}

	private void onEntry(BusChannel channel, long origin, byte[] entry) {
		ByteReader reader = new ByteReader(entry);
		String id = reader.text();
		String username = reader.text();
		boolean byOperator = reader.hasMore() && reader.raw() == BY_OPERATOR;
		if (channel.equals(this.own)) {
			this.holder.end(id, username, byOperator);
		}
	}

}
