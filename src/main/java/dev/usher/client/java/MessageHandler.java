package dev.usher.client.java;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What an application does with messages, and what it wants to know of their consumer.
 * All is called on the consumer's own thread, one after the other. What any but
 * {@link #handle} throws is logged.
 */
@FunctionalInterface
public interface MessageHandler {

	/**
	 * Handles one. A stored message is acknowledged when this returns. The thread is
	 * interrupted where {@link UsherClient#close()} has waited for 5 s.
	 * @throws Exception so that a stored message is refused (NACK), and comes again later
	 */
	void handle(ReceivedMessage message) throws Exception;

	/**
	 * Messages will not come: fetch the state behind them again. A live destination
	 * misses what is published during an outage, and what comes too fast for
	 * {@link #handle}. A stored one misses what expired, and all where {@code next} has
	 * another epoch.
	 * @param from when the gateway was heard last, or the oldest came that was dropped
	 * @param last what was handled before, null where the destination is live
	 * @param next where it goes on, null where the destination is live
	 */
	default void missed(Instant from, Instant to, @Nullable LogPosition last, @Nullable LogPosition next) {
	}

	/** CONNECTED as this user; the token ends then if it is not renewed. */
	default void connected(String user, Duration expiresIn) {
	}

	/** A connection or a try has ended; the next comes after the wait. */
	default void disconnected(UsherException error, Duration wait) {
	}

	/** A newer token counts on the live connection; nothing was lost. */
	default void renewed(Duration expiresIn) {
	}

	/** Nothing is tried any more; fails {@link UsherConsumer#ready()} too. */
	default void ended(UsherException error) {
	}

}
