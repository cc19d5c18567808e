package dev.usher.publish;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.protocol.PublisherId;
import org.jspecify.annotations.Nullable;

/**
 * Takes live messages to the other nodes and in from them. Who published under which id
 * travels along, so that a message whose publisher tried again on another node is
 * delivered once on each. Any thread may call.
 */
final class LiveRelay {

	/** What an entry has beside its texts and its body. */
	private static final int OVERHEAD = 32;

	private static final int MOST_HEADERS = 1024;

	private final Bus bus;

	private final LiveIds ids;

	LiveRelay(Bus bus, LiveIds ids) {
		this.bus = bus;
		this.ids = ids;
		bus.receive(EntryKind.LIVE, this::onEntry);
	}

	/**
	 * Delivers a message here, on the caller's thread, and then sends it to the others.
	 * @param publisher whose id it is, null where there is no id
	 */
	Published announce(Message message, @Nullable PublisherId publisher, @Nullable String id) {
		int delivered = this.bus.announce(message);
		if (!this.bus.reachesOthers()) {
			return Published.live(message.destination(), message.id(), delivered);
		}
		CompletableFuture<Reach> reach = this.bus.send(BusChannel.of(message.destination()), EntryKind.LIVE,
				write(message, publisher, id));
		return Published.sent(message.destination(), message.id(), reach);
	}

	private void onEntry(BusChannel channel, long origin, byte[] entry) {
		ByteReader reader = new ByteReader(entry);
		Message message = read(reader);
		if (!BusChannel.of(message.destination()).equals(channel)) {
			throw new IllegalArgumentException("a live message came on a channel that is not its own");
		}
		String id = reader.optional();
		if (id == null) {
			this.bus.announce(message);
			return;
		}
		PublisherId publisher = new PublisherId(reader.text(), reader.text());
		this.ids.once(publisher, message.destination(), id, () -> {
			this.bus.announce(message);
			return Published.sent(message.destination(), message.id(),
					CompletableFuture.completedFuture(Reach.CLUSTER));
		});
	}

	private static byte[] write(Message message, @Nullable PublisherId publisher, @Nullable String id) {
		ByteWriter writer = new ByteWriter(size(message)).text(message.id())
			.text(message.destination().address())
			.optional(message.contentType())
			.number(message.headers().size());
		message.headers().forEach((name, value) -> writer.text(name).text(value));
		writer.bytes(message.body());
		if (publisher == null || id == null) {
			return writer.optional(null).toBytes();
		}
		return writer.optional(id).text(publisher.issuer()).text(publisher.name()).toBytes();
	}

	private static int size(Message message) {
		int size = OVERHEAD + message.id().length() + message.destination().address().length() + message.body().length;
		for (Map.Entry<String, String> header : message.headers().entrySet()) {
			size += 4 + header.getKey().length() + header.getValue().length();
		}
		return size;
	}

	private static Message read(ByteReader reader) {
		String id = reader.text();
		Destination destination = Destination.forPublish(reader.text());
		String contentType = reader.optional();
		long count = reader.number();
		if (count > MOST_HEADERS) {
			throw new IllegalArgumentException("a live message has too many headers");
		}
		Map<String, String> headers = (count > 0) ? new LinkedHashMap<>() : Map.of();
		for (int i = 0; i < count; i++) {
			headers.put(reader.text(), reader.text());
		}
		return new Message(id, destination, contentType, headers, reader.bytes());
	}

}
