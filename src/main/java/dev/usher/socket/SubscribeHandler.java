package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Version;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE. */
final class SubscribeHandler implements FrameHandler {

	private final Subscriptions subscriptions;

	SubscribeHandler(Subscriptions subscriptions) {
		this.subscriptions = subscriptions;
	}

	@Override
	public void handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String text = frame.header("destination");
		if (text == null) {
			throw new RefusedException(Reason.BAD_FRAME, "SUBSCRIBE needs a destination header.");
		}
		String id = frame.header("id");
		if (id == null && connection.version() != Version.V1_0) {
			throw new RefusedException(Reason.BAD_FRAME, "SUBSCRIBE needs an id header.");
		}
		AckMode ackMode = AckMode.of(frame.header("ack"));
		Destination destination = Destination.forSubscribe(text, caller.name());
		if (!caller.permissions().maySubscribe(destination)) {
			throw new RefusedException(Reason.FORBIDDEN, "You are not allowed to subscribe here.");
		}
		SubscriptionList list = connection.subscriptions();
		list.add(key(id, text), new Subscription(connection, id, destination, ackMode, list.nextOrdinal()),
				this.subscriptions);
	}

	/**
	 * What an UNSUBSCRIBE will name: the id, or the destination where a client of STOMP
	 * 1.0 gave no id. An id never begins like the key of a destination.
	 */
	static String key(@Nullable String id, String destination) {
		return (id != null) ? "i" + id : "d" + destination;
	}

}
