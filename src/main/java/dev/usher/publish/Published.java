package dev.usher.publish;

import java.util.concurrent.CompletionStage;

import dev.usher.bus.Reach;
import dev.usher.inbox.Appended;
import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * A message that was accepted: on disk where its destination is stored, on its way where
 * it is live.
 *
 * @param destination where it went
 * @param id what its {@code message-id} carries
 * @param offset its place in the log, or null where it went to a live destination
 * @param epoch the log's life, or null likewise
 * @param delivered how many subscriptions took it, or null where it was stored, or where
 * other nodes were told: what theirs took is not known
 * @param reach how far it went, once that is known, or null where it was stored or there
 * are no other nodes. It never fails
 * @param repeated whether its publisher had sent this id before, so that this is where
 * the first one went
 */
public record Published(Destination destination, String id, @Nullable Long offset, @Nullable String epoch,
		@Nullable Integer delivered, @Nullable CompletionStage<Reach> reach, boolean repeated) {

	static Published live(Destination destination, String id, int delivered) {
		return new Published(destination, id, null, null, delivered, null, false);
	}

	/** A live message that other nodes were told of. */
	static Published sent(Destination destination, String id, CompletionStage<Reach> reach) {
		return new Published(destination, id, null, null, null, reach, false);
	}

	static Published stored(Destination destination, Appended appended) {
		return new Published(destination, appended.messageId(), appended.offset(), appended.epoch(), null, null,
				appended.duplicate());
	}

	/** The same, as the answer to a second try. */
	Published again() {
		return new Published(this.destination, this.id, this.offset, this.epoch, this.delivered, this.reach, true);
	}

}
