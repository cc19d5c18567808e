package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.stomp.Header;

/**
 * Tells a connection that its token is about to end, so that a client can bring a newer
 * one in time.
 */
final class ExpiryNotice {

	/**
	 * Where the gateway tells a connection about itself. Nobody else may publish there.
	 */
	static final String DESTINATION = "/user/topic/" + Destination.OWN_SESSION;

	private ExpiryNotice() {
	}

	/**
	 * Sends the notice to those subscriptions of a connection that want it.
	 * @return whether there was one
	 */
	static boolean send(StompConnection connection, String user) {
		long seconds = secondsLeft(connection);
		byte[] body = ("{\"event\":\"expiring\",\"expires_in\":" + seconds + "}").getBytes(StandardCharsets.UTF_8);
		Destination destination = Destination.forSubscribe(DESTINATION, user);
		EncodedMessage message = new EncodedMessage(new Message("expiring-" + connection.id() + "-" + seconds,
				destination, "application/json", Map.of(), body));
		boolean sent = false;
		for (Subscription subscription : connection.subscriptions().all()) {
			if (subscription instanceof LiveSubscription live && live.destination().equals(destination)) {
				sent |= live.deliver(message);
			}
		}
		return sent;
	}

	/** The header that says how long the connection's token is still good. */
	static Header expiresIn(StompConnection connection) {
		return new Header("expires-in", Long.toString(secondsLeft(connection)));
	}

	static List<Header> asReceipt(StompConnection connection) {
		return List.of(expiresIn(connection));
	}

	/**
	 * Rounded down, so that a client never thinks its token lives longer than it does.
	 */
	private static long secondsLeft(StompConnection connection) {
		return Math.max(0, connection.outlet().millisLeft() / 1000);
	}

}
