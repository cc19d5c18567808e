package dev.usher.socket;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of one connection.
 */
interface Subscription {

	/** What nobody else has to hear of. */
	CompletionStage<Void> KEPT = CompletableFuture.completedFuture(null);

	/** Makes an ACK count that nobody else has to hear of. */
	Supplier<CompletionStage<Void>> NOTHING_MORE = () -> KEPT;

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
	 * Takes an ACK, or a NACK: from here on the message is none to acknowledge. It counts
	 * once what is returned was called, so that a COMMIT can take all of its own before
	 * any counts; where the connection ends instead, the message comes again. In the mode
	 * {@code client} all messages before it go with it (STOMP 1.2, sections "ACK" and
	 * "NACK").
	 * @param messageId the {@code message-id} it is about
	 * @param negative whether it is a NACK
	 * @return what makes it count, and says when that is kept; null where the message was
	 * none to acknowledge
	 */
	@Nullable Supplier<CompletionStage<Void>> acknowledge(String messageId, boolean negative);

	/**
	 * Ends it; no MESSAGE follows. Ending one that has not begun keeps it from beginning.
	 * @param forget whether a durable reader is removed
	 * @return completes when it is, and what was given to it is free for others
	 */
	CompletionStage<Void> end(boolean forget);

}
