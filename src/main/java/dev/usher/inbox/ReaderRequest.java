package dev.usher.inbox;

import java.util.regex.Pattern;

import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Which reader a subscription wants.
 *
 * @param subscriber who subscribes and is charged for a shared log that is made, or null
 * where nobody is
 * @param destination the log
 * @param durable the name of a reader that outlives the connection, or null
 * @param offset where a new reader starts: at what came after this; null for now, or for
 * the oldest message kept where the reader is shared
 * @param epoch the life of the log that {@code offset} was counted in, or null where the
 * client does not know
 * @param inFlight how many messages may be unacknowledged at once; 0 for the default,
 * which is also the most
 */
public record ReaderRequest(@Nullable PublisherId subscriber, Destination destination, @Nullable String durable,
		@Nullable Long offset, @Nullable String epoch, int inFlight) {

	/** The name under which the one shared reader of a queue is kept. */
	public static final String SHARED = "";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	/**
	 * Checks what a client sent.
	 * @throws RefusedException {@link Reason#BAD_FRAME}
	 */
	public ReaderRequest {
		if (!destination.stored()) {
			throw new IllegalArgumentException(destination + " is not stored");
		}
		if (durable != null && !NAME.matcher(durable).matches()) {
			throw new RefusedException(Reason.BAD_FRAME,
					"The name of a durable reader is 1 to 64 letters, digits, '.', '_' or '-'.");
		}
		if (offset != null && offset < 0) {
			throw new RefusedException(Reason.BAD_FRAME, "An offset is 0 or more.");
		}
		if (inFlight < 0) {
			throw new RefusedException(Reason.BAD_FRAME, "At least one message must be allowed in flight.");
		}
	}

	/** A request that nobody is charged for. */
	public ReaderRequest(Destination destination, @Nullable String durable, @Nullable Long offset,
			@Nullable String epoch, int inFlight) {
		this(null, destination, durable, offset, epoch, inFlight);
	}

	/**
	 * The name under which the reader is kept in the database, or null for a reader of
	 * this connection. Without a name and without an offset, a shared queue is read by
	 * the one reader that all such subscriptions share.
	 */
	public @Nullable String keptName() {
		if (this.durable != null) {
			return this.durable;
		}
		return (this.offset == null && this.destination.owner() == null) ? SHARED : null;
	}

	/** Whether a new reader starts behind all that is stored when this is asked for. */
	public boolean startsNow() {
		return this.offset == null && !SHARED.equals(keptName());
	}

}
