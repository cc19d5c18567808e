package dev.usher.inbox;

import java.util.List;

import dev.usher.protocol.Destination;

/**
 * What a node tells the others of a log after a commit. It may be lost, repeated or late:
 * the log is the truth, and its offsets tell what is missing.
 *
 * @param destination whose log it is
 * @param epoch the log's life
 * @param head the offset given last
 * @param messages what the commit stored, up to the head and without a hole, where it is
 * small; else none
 */
public record LogHint(Destination destination, String epoch, long head, List<StoredMessage> messages) {

	/** The most that the messages of one hint take together, in bytes. */
	public static final int MAX_BYTES = 8 * 1024;

	public LogHint {
		messages = List.copyOf(messages);
	}

}
