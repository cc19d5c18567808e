package dev.usher.socket;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Message;
import dev.usher.stomp.MessageEncoder;
import dev.usher.stomp.Version;
import dev.usher.websocket.OutboundFrame;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to its subscribers, encoded once for all who share a version, a
 * subscription id and an ack id; most clients use the same few. For one thread.
 */
final class EncodedMessage {

	/** Copies that are kept to be shared; who has an id like nobody else shares none. */
	private static final int KEPT = 16;

	private final Message message;

	private final MessageEncoder encoder;

	private @Nullable Key lastKey;

	private @Nullable OutboundFrame lastFrame;

	private @Nullable Map<Key, OutboundFrame> others;

	private int encoded;

	private final Traffic.@Nullable Sample sample;

	EncodedMessage(Message message) {
		this(message, null);
	}

	/** Makes one whose way to each connection is timed, where there is a sample. */
	EncodedMessage(Message message, Traffic.@Nullable Sample sample) {
		this.sample = sample;
		this.message = message;
		this.encoder = new MessageEncoder(message, message.destination().asSubscribed(), List.of());
	}

	String id() {
		return this.message.id();
	}

	/** Starts the clock of an outlet that has taken a frame of it. */
	void time(Outlet outlet) {
		if (this.sample != null) {
			outlet.time(this.sample);
		}
	}

	OutboundFrame frame(Version version, @Nullable String subscriptionId, @Nullable String ack) {
		if (this.lastFrame != null && this.lastKey != null && this.lastKey.is(version, subscriptionId, ack)) {
			return this.lastFrame;
		}
		Key key = new Key(version, subscriptionId, ack);
		OutboundFrame frame = (this.others != null) ? this.others.get(key) : null;
		if (frame == null) {
			frame = encode(key);
			if (this.lastKey != null && this.others == null) {
				this.others = new HashMap<>();
				this.others.put(this.lastKey, java.util.Objects.requireNonNull(this.lastFrame));
			}
			if (this.others != null && this.others.size() < KEPT) {
				this.others.put(key, frame);
			}
		}
		this.lastKey = key;
		this.lastFrame = frame;
		return frame;
	}

	/** How many bytes of frames were made since this was asked last. */
	int takeEncoded() {
		int taken = this.encoded;
		this.encoded = 0;
		return taken;
	}

	private OutboundFrame encode(Key key) {
		byte[] bytes = this.encoder.encode(key.version, key.subscriptionId, key.ack, OutboundFrame.RESERVE);
		this.encoded += bytes.length;
		return OutboundFrame.message(bytes, this.encoder.utf8());
	}

	private record Key(Version version, @Nullable String subscriptionId, @Nullable String ack) {

		boolean is(Version version, @Nullable String subscriptionId, @Nullable String ack) {
			return this.version == version && java.util.Objects.equals(this.subscriptionId, subscriptionId)
					&& java.util.Objects.equals(this.ack, ack);
		}

	}

}
