package dev.usher.publish;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.LogHints;
import dev.usher.inbox.StoredMessage;
import dev.usher.node.Heartbeats;
import dev.usher.protocol.Destination;

import org.springframework.stereotype.Component;

/**
 * Takes hints of stored messages to the other nodes by the bus, and in from them. A
 * user's channel is wanted as long as they are connected, that of a shared destination as
 * long as it is read here. Any thread may call.
 */
@Component
class HintRelay implements LogHints {

	private static final int GROWN = 0;

	private static final int FREED = 1;

	/** What an entry has beside its messages. */
	private static final int OVERHEAD = 512;

	/** No message of eight kilobytes has more. */
	private static final int MOST = LogHint.MAX_BYTES;

	/** After a gap this node looks at the database for what it was not told. */
	private static final long LOOKS = TimeUnit.SECONDS.toNanos(3);

	private final Bus bus;

	private final Inbox inbox;

	private final Heartbeats heartbeats;

	private volatile long gapAt = System.nanoTime();

	private final AtomicLong gaps = new AtomicLong();

	HintRelay(Bus bus, Inbox inbox, Heartbeats heartbeats) {
		this.bus = bus;
		this.inbox = inbox;
		this.heartbeats = heartbeats;
		if (bus.reachesOthers()) {
			bus.receive(EntryKind.HINT, this::onEntry);
			bus.onGap((gap) -> noteGap());
			inbox.carry(this);
		}
	}

	@Override
	public boolean work() {
		return this.bus.works() && this.heartbeats.hearAll() && System.nanoTime() - this.gapAt > LOOKS;
	}

	private void noteGap() {
		this.gapAt = System.nanoTime();
		this.gaps.incrementAndGet();
	}

	/** Each of a sum that only grows is counted. */
	@Override
	public long gaps() {
		return this.gaps.get() + this.heartbeats.unsent();
	}

	@Override
	public boolean hearAnybody() {
		return this.heartbeats.hasPeers();
	}

	@Override
	public boolean arrive(Destination destination) {
		return this.bus.hears(BusChannel.of(destination));
	}

	@Override
	public void want(Destination destination) {
		if (destination.owner() == null) {
			this.bus.want(BusChannel.of(destination));
		}
	}

	@Override
	public void unwant(Destination destination) {
		if (destination.owner() == null) {
			this.bus.unwant(BusChannel.of(destination));
		}
	}

	@Override
	public void appended(LogHint hint) {
		ByteWriter writer = new ByteWriter(OVERHEAD + hint.messages().stream().mapToInt(StoredMessage::weight).sum())
			.raw(GROWN)
			.text(hint.destination().address())
			.text(hint.epoch())
			.number(hint.head())
			.number(hint.messages().size());
		hint.messages().forEach((message) -> write(writer, message));
		this.bus.send(BusChannel.of(hint.destination()), EntryKind.HINT, writer.toBytes());
	}

	@Override
	public void freed(Destination destination) {
		byte[] entry = new ByteWriter(OVERHEAD).raw(FREED).text(destination.address()).toBytes();
		this.bus.send(BusChannel.of(destination), EntryKind.HINT, entry);
	}

	private void onEntry(BusChannel channel, long origin, byte[] entry) {
		ByteReader reader = new ByteReader(entry);
		int what = reader.raw();
		Destination destination = Destination.forPublish(reader.text());
		if (!destination.stored() || !BusChannel.of(destination).equals(channel)) {
			throw new IllegalArgumentException("a hint came on a channel that is not its own");
		}
		if (what == GROWN) {
			this.inbox.hinted(hint(destination, reader));
		}
		else if (what == FREED) {
			this.inbox.freed(destination);
		}
	}

	private static void write(ByteWriter writer, StoredMessage message) {
		writer.number(message.offset())
			.number(message.timestamp())
			.number(message.expiresAt())
			.optional(message.contentType())
			.number(message.headers().size());
		message.headers().forEach((name, value) -> writer.text(name).text(value));
		writer.bytes(message.body());
	}

	private static LogHint hint(Destination destination, ByteReader reader) {
		String epoch = reader.text();
		long head = reader.number();
		long count = limited(reader.number());
		List<StoredMessage> messages = new ArrayList<>();
		for (long i = 0; i < count; i++) {
			messages.add(message(epoch, reader));
		}
		return new LogHint(destination, epoch, head, messages);
	}

	private static StoredMessage message(String epoch, ByteReader reader) {
		long offset = reader.number();
		long timestamp = reader.number();
		long expiresAt = reader.number();
		String contentType = reader.optional();
		long count = limited(reader.number());
		Map<String, String> headers = (count > 0) ? new LinkedHashMap<>() : Map.of();
		for (long i = 0; i < count; i++) {
			headers.put(reader.text(), reader.text());
		}
		return new StoredMessage(offset, epoch, timestamp, expiresAt, contentType, headers, reader.bytes());
	}

	private static long limited(long count) {
		if (count < 0 || count > MOST) {
			throw new IllegalArgumentException("a hint has too many parts");
		}
		return count;
	}

}
