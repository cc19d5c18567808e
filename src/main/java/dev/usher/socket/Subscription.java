package dev.usher.socket;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.stomp.Version;
import dev.usher.websocket.OutboundFrame;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of one connection. Its lock makes an UNSUBSCRIBE the end of it: no
 * MESSAGE follows the RECEIPT.
 */
final class Subscription {

	private final StompConnection connection;

	/** The client's own id; null for a client of STOMP 1.0 that gave none. */
	private final @Nullable String id;

	private final Destination destination;

	/** Tells the subscriptions of one connection apart in an ack id. */
	private final int ordinal;

	private final @Nullable Unacknowledged unacknowledged;

	private boolean ended;

	/** Owned by {@link Topic}. */
	private int slot;

	Subscription(StompConnection connection, @Nullable String id, Destination destination, AckMode ackMode,
			int ordinal) {
		this.connection = connection;
		this.id = id;
		this.destination = destination;
		this.ordinal = ordinal;
		this.unacknowledged = (ackMode != AckMode.AUTO) ? new Unacknowledged(ackMode) : null;
	}

	@Nullable String id() {
		return this.id;
	}

	Destination destination() {
		return this.destination;
	}

	int ordinal() {
		return this.ordinal;
	}

	int slot() {
		return this.slot;
	}

	void slot(int slot) {
		this.slot = slot;
	}

	/** Queues a message; says whether the connection took it. */
	synchronized boolean deliver(EncodedMessage message) {
		if (this.ended) {
			return false;
		}
		Version version = this.connection.version();
		String ack = null;
		if (this.unacknowledged != null) {
			if (!this.unacknowledged.add(message.id())) {
				this.connection.end(Ending.of(Reason.SLOW_CONSUMER, "Too many messages wait to be acknowledged."));
				return false;
			}
			// 1.2 acknowledges by the ack header, the others by message-id.
			ack = (version == Version.V1_2) ? this.ordinal + "." + message.id() : null;
		}
		OutboundFrame frame = message.frame(version, this.id, ack);
		return this.connection.deliver(frame);
	}

	/** Takes an ACK or NACK; says whether the message was one to acknowledge. */
	synchronized boolean acknowledge(String messageId) {
		return this.unacknowledged != null && this.unacknowledged.remove(messageId);
	}

	synchronized void end() {
		this.ended = true;
	}

}
