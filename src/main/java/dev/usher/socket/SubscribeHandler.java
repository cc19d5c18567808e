package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.ReaderRequest;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE. */
final class SubscribeHandler implements FrameHandler {

	private final Subscriptions subscriptions;

	private final Inbox inbox;

	private final Bus bus;

	/** How much of a connection's queue stored messages may fill. */
	private final int storedBytes;

	private final Traffic traffic;

	SubscribeHandler(Subscriptions subscriptions, Inbox inbox, Bus bus, int storedBytes, Traffic traffic) {
		this.traffic = traffic;
		this.bus = bus;
		this.storedBytes = storedBytes;
		this.subscriptions = subscriptions;
		this.inbox = inbox;
	}

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String text = frame.header("destination");
		if (text == null) {
			throw new RefusedException(Reason.BAD_FRAME, "SUBSCRIBE needs a destination header.");
		}
		String id = frame.header("id");
		if (id == null && connection.version() != Version.V1_0) {
			throw new RefusedException(Reason.BAD_FRAME, "SUBSCRIBE needs an id header.");
		}
		AckMode ackMode = AckMode.of(frame.header("ack"));
		if (text.startsWith(Destination.APPLICATION)) {
			throw ApplicationFrames.unmapped(text, frame.command());
		}
		Destination destination = Destination.forSubscribe(text, caller.name());
		if (!caller.permissions().maySubscribe(destination)) {
			throw new RefusedException(Reason.FORBIDDEN, "You are not allowed to subscribe here.");
		}
		return (destination.stored()) ? stored(connection, caller, frame, id, destination, ackMode)
				: live(connection, frame, id, destination, ackMode);
	}

	private CompletionStage<Effect> live(StompConnection connection, ClientFrame frame, @Nullable String id,
			Destination destination, AckMode ackMode) {
		SubscriptionList list = connection.subscriptions();
		LiveSubscription subscription = new LiveSubscription(connection.outlet(), id, destination, ackMode,
				list.nextOrdinal(), this.subscriptions);
		list.add(key(id, destination.asSubscribed()), subscription);
		subscription.begin();
		return (this.bus.reachesOthers() && frame.header("receipt") != null) ? told(destination) : DONE;
	}

	/** The RECEIPT says from where messages reach the subscription from now on. */
	private CompletionStage<Effect> told(Destination destination) {
		return this.bus.confirmed(BusChannel.of(destination))
			.thenApply((reach) -> new Effect(List.of(new Header("reach", reach.word())), Effect.PLAIN.afterReceipt()));
	}

	private CompletionStage<Effect> stored(StompConnection connection, Caller caller, ClientFrame frame,
			@Nullable String id, Destination destination, AckMode ackMode) {
		ReaderRequest request = new ReaderRequest(new PublisherId(caller.issuer(), caller.name()), destination,
				frame.header("durable"), Numbers.of(frame, "offset"), frame.header("epoch"), inFlight(frame));
		SubscriptionList list = connection.subscriptions();
		StoredFlow flow = connection.outlet().stored(this.storedBytes, this.inbox);
		connection.lookSoon();
		StoredSubscription subscription = new StoredSubscription(connection.outlet(), flow, id, request, ackMode,
				list.nextOrdinal(), this.traffic);
		list.add(key(id, destination.asSubscribed()), subscription);
		return subscription.join(this.inbox);
	}

	private static int inFlight(ClientFrame frame) {
		Long number = Numbers.of(frame, "in-flight");
		return (number != null) ? (int) Math.min(number, Integer.MAX_VALUE) : 0;
	}

	/**
	 * What an UNSUBSCRIBE will name: the id, or the destination where a client of STOMP
	 * 1.0 gave no id. An id never begins like the key of a destination.
	 */
	static String key(@Nullable String id, String destination) {
		return (id != null) ? "i" + id : "d" + destination;
	}

}
