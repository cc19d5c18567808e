package dev.usher.inbox;

/**
 * Takes the messages of one subscription. Called on the inbox's own few threads, one call
 * at a time for each subscription; must not block, or it delays everyone.
 */
public interface MessageConsumer {

	/**
	 * Takes a message. What this throws is logged, and the subscription is closed.
	 * @param redelivered whether it may have been handed out before
	 */
	void onMessage(StoredMessage message, boolean redelivered);

	/**
	 * Says that nothing more will come, because the log or the reader was removed. Not
	 * called after {@link ReaderSubscription#close(boolean)}.
	 */
	void onEnded();

}
