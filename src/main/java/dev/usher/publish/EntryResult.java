package dev.usher.publish;

import dev.usher.bus.Reach;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What became of a message at one destination.
 *
 * @param to the destination as the caller wrote it, or null where it was not readable
 * @param id the caller's own id, else the {@code message-id}; null only beside an error
 * @param offset its place in the log, for a stored destination
 * @param epoch the log's life, for a stored destination
 * @param delivered how many connections took it, for a live destination
 * @param reach how far a live message went, where there are other nodes
 * @param repeated true where the same publisher had published the same id before, so that
 * this is where the first one went; else null
 * @param error why it was not published, or null if it was
 */
record EntryResult(@Nullable String to, @Nullable String id, @Nullable Long offset, @Nullable String epoch,
		@Nullable Integer delivered, @Nullable String reach, @Nullable Boolean repeated, @Nullable Error error) {

	static EntryResult of(Entry entry, String to, Published published, @Nullable Reach reach) {
		String id = (entry.id() != null) ? entry.id() : published.id();
		return new EntryResult(to, id, published.offset(), published.epoch(), published.delivered(),
				(reach != null) ? reach.word() : null, (published.repeated()) ? true : null, null);
	}

	static EntryResult failed(Entry entry, @Nullable String to, RefusedException refusal) {
		return new EntryResult(to, entry.id(), null, null, null, null, null,
				new Error(refusal.reason().code(), refusal.text()));
	}

	/**
	 * Why an entry was refused.
	 *
	 * @param code the stable word of a {@link dev.usher.protocol.Reason}
	 * @param message a sentence that is safe to show to anybody
	 */
	record Error(String code, String message) {

	}

}
