package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;

/** Tells a connection something about itself. */
final class SessionNotice {

	/** Where that is. Nobody else may publish there. */
	private static final String DESTINATION = "/user/topic/" + Destination.OWN_SESSION;

	private SessionNotice() {
	}

	/**
	 * Sends a notice to those subscriptions of a connection that want it, and to no other
	 * connection of its user.
	 * @param id what {@code message-id} carries
	 * @param body JSON
	 * @return whether there was one
	 */
	static boolean send(StompConnection connection, String user, String id, String body) {
		Destination destination = Destination.forSubscribe(DESTINATION, user);
		EncodedMessage message = new EncodedMessage(
				new Message(id, destination, "application/json", Map.of(), body.getBytes(StandardCharsets.UTF_8)));
		boolean sent = false;
		for (Subscription subscription : connection.subscriptions().all()) {
			if (subscription instanceof LiveSubscription live && live.destination().equals(destination)) {
				sent |= live.deliver(message);
			}
		}
		return sent;
	}

}
