package dev.usher.inbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The stored destinations as those see them who look after them. Whoever calls has
 * checked that the caller may. All methods ask the database, and each page of a list by
 * an index.
 */
public interface LogDirectory {

	/**
	 * Logs in the order of their addresses.
	 * @param owner whose they are, or null for all
	 * @param after the address that the first one follows, empty for the very first
	 */
	List<Log> list(@Nullable String owner, String after, int limit);

	/** The log of a destination. */
	Optional<Log> find(Destination destination);

	/** The log of a number. */
	Optional<Log> find(long id);

	/**
	 * Messages of a log that have not expired, oldest first. A page ends early where they
	 * are large.
	 * @param after the offset that the first one follows
	 * @param bodies whether to read their bodies
	 */
	List<LoggedMessage> messages(Log log, long after, int limit, boolean bodies);

	/**
	 * Readers of a log that outlive their connections, in the order of their names.
	 * @param after the name that the first one follows, or null for the very first; the
	 * reader that all subscriptions of a queue share has an empty name
	 */
	List<LogReader> readers(Log log, @Nullable String after, int limit);

	/**
	 * Sends dead letters back to where they were refused: stored there at the end, and
	 * removed here once they are. To send one back twice stores it once. Blocks until all
	 * of it is on disk.
	 * @param log a log of dead letters
	 * @param offsets which ones, or null for the oldest
	 * @param after the offset behind which the oldest are looked for
	 * @param limit how many of the oldest at most
	 * @throws RefusedException {@link Reason#BAD_REQUEST} where the log has none
	 */
	Redriven redrive(Log log, @Nullable List<Long> offsets, long after, int limit);

	/**
	 * A log.
	 *
	 * @param id its number, never used again
	 * @param destination its address
	 * @param epoch its life
	 * @param head the offset given last
	 * @param oldest the offset of the oldest message that is kept, or null for none
	 * @param bytes how much it holds, as quotas count
	 * @param readers how many readers outlive their connections
	 * @param usedAt when it was last noted to be in use
	 */
	record Log(long id, String destination, String epoch, long head, @Nullable Long oldest, long bytes, int readers,
			Instant usedAt) {

	}

	/**
	 * A message of a log.
	 *
	 * @param size of its body, in bytes
	 * @param body null where it was not asked for
	 */
	record LoggedMessage(long offset, String messageId, Instant timestamp, Instant expiresAt,
			@Nullable String contentType, Map<String, String> headers, int size, byte @Nullable [] body) {

		/** Keeps the body out of logs. */
		@Override
		public String toString() {
			return "LoggedMessage[" + this.messageId + "]";
		}

	}

	/**
	 * A reader that outlives its connections.
	 *
	 * @param name empty for the one that all subscriptions of a queue share
	 * @param position the offset up to which all is acknowledged
	 * @param next the offset up to which messages were handed out
	 * @param lag how many messages it has yet to acknowledge, those that were removed
	 * within not left out
	 * @param claims how many were handed out and are not acknowledged
	 * @param refused how many of these were refused before
	 * @param usedAt when it was last noted to be in use
	 * @param nodes the incarnations that have it open, where there may be several nodes
	 */
	record LogReader(String name, long position, long next, long lag, int claims, int refused, Instant usedAt,
			List<String> nodes) {

	}

	/**
	 * What became of dead letters.
	 *
	 * @param redriven how many are stored where they came from
	 * @param repeated how many were there already, of an earlier try
	 * @param skipped how many say nothing of where they came from: whoever may publish
	 * here has put them here
	 * @param failed how many could not be stored now and are still here
	 * @param missing how many had expired, or of the offsets were not there
	 * @param unread how many of the offsets were not looked at, for the call ended early
	 * @param last the offset of the last one that was looked at, or null for none
	 * @param failure why the first of those failed, or why none was removed here, or null
	 */
	record Redriven(int redriven, int repeated, int skipped, int failed, int missing, int unread, @Nullable Long last,
			@Nullable RefusedException failure) {

	}

}
