package dev.usher.socket;

import dev.usher.protocol.Destination;

/**
 * One subscription of one connection.
 */
interface Subscription {

	Destination destination();

	/** Tells the subscriptions of one connection apart in an ack id. */
	int ordinal();

	/**
	 * Queues a message that is for this subscription alone, past any log, and has it
	 * written at the end of the thread's turn.
	 * @return whether the connection took it
	 */
	boolean deliver(EncodedMessage message);

	/**
	 * Takes an ACK, or a NACK.
	 * @param messageId the {@code message-id} it is about
	 * @param negative whether it is a NACK
	 * @return whether the message was one to acknowledge
	 */
	boolean acknowledge(String messageId, boolean negative);

	/**
	 * Ends it; no MESSAGE follows. Ending one that has not begun keeps it from beginning.
	 * @param forget whether a durable reader is removed
	 */
	void end(boolean forget);

}
