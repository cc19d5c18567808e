package dev.usher.socket;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.stomp.Version;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to a live destination. Its lock makes an UNSUBSCRIBE the end of it: no
 * MESSAGE follows the RECEIPT.
 */
final class LiveSubscription implements Subscription {

	private final Outlet outlet;

	/** The client's own id; null for a client of STOMP 1.0 that gave none. */
	private final @Nullable String id;

	private final Destination destination;

	private final int ordinal;

	private final @Nullable Unacknowledged unacknowledged;

	private final Subscriptions registry;

	private boolean registered;

	private boolean ended;

	/** Owned by {@link Topic}. */
	private int slot;

	LiveSubscription(Outlet outlet, @Nullable String id, Destination destination, AckMode ackMode, int ordinal,
			Subscriptions registry) {
		this.outlet = outlet;
		this.id = id;
		this.destination = destination;
		this.ordinal = ordinal;
		this.unacknowledged = (ackMode != AckMode.AUTO) ? new Unacknowledged(ackMode, outlet.holdings()) : null;
		this.registry = registry;
	}

	@Override
	public Destination destination() {
		return this.destination;
	}

	@Override
	public int ordinal() {
		return this.ordinal;
	}

	int slot() {
		return this.slot;
	}

	void slot(int slot) {
		this.slot = slot;
	}

	synchronized void begin() {
		if (!this.ended) {
			this.registry.add(this);
			this.registered = true;
		}
	}

	@Override
	public boolean deliver(EncodedMessage message) {
		return deliver(message, Flusher.current());
	}

	/** The same for whoever delivers many messages and knows the thread's flusher. */
	boolean deliver(EncodedMessage message, Flusher flusher) {
		boolean taken = queue(message);
		if (taken) {
			message.time(this.outlet);
		}
		flusher.add(this.outlet);
		return taken;
	}

	private synchronized boolean queue(EncodedMessage message) {
		if (this.ended) {
			return false;
		}
		Version version = this.outlet.version();
		if (this.unacknowledged == null) {
			return this.outlet.offer(message.frame(version, this.id, null));
		}
		if (!this.unacknowledged.add(message.id())) {
			this.outlet.endSoon(Ending.of(Reason.SLOW_CONSUMER, "Too many messages wait to be acknowledged."));
			return false;
		}
		// 1.2 acknowledges by the ack header, the others by message-id.
		String ack = (version == Version.V1_2) ? AcknowledgeHandler.ackId(this.ordinal, message.id()) : null;
		return this.outlet.offer(message.frame(version, this.id, ack));
	}

	@Override
	public synchronized @Nullable Supplier<CompletionStage<Void>> acknowledge(String messageId, boolean negative) {
		return (this.unacknowledged != null && this.unacknowledged.remove(messageId)) ? NOTHING_MORE : null;
	}

	@Override
	public synchronized CompletionStage<Void> end(boolean forget) {
		if (!this.ended && this.registered) {
			this.registry.remove(this);
		}
		if (!this.ended && this.unacknowledged != null) {
			this.unacknowledged.clear();
		}
		this.ended = true;
		return KEPT;
	}

}
