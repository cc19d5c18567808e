package dev.usher.inbox;

/**
 * Where a message was stored.
 *
 * @param offset its offset in the log
 * @param epoch the log's life
 * @param duplicate whether a message of the same id was there already, so that nothing
 * was stored and this is the first one's place
 */
public record Appended(long offset, String epoch, boolean duplicate) {

	/** What {@code message-id} carries. */
	public String messageId() {
		return StoredMessage.messageId(this.epoch, this.offset);
	}

}
