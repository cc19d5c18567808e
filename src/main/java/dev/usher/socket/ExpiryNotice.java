package dev.usher.socket;

import java.util.List;

import dev.usher.stomp.Header;

/**
 * Tells a connection that its token is about to end, so that a client can bring a newer
 * one in time.
 */
final class ExpiryNotice {

	private ExpiryNotice() {
	}

	/**
	 * Sends the notice to those subscriptions of a connection that want it.
	 * @return whether there was one
	 */
	static boolean send(StompConnection connection, String user) {
		// To the nearest second, because it leaves some milliseconds after its time.
		long seconds = Math.max(0, (connection.outlet().millisLeft() + 500) / 1000);
		return SessionNotice.send(connection, user, "expiring-" + connection.id() + "-" + seconds,
				"{\"event\":\"expiring\",\"expires_in\":" + seconds + "}");
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
