package dev.usher.inbox.store;

import org.jspecify.annotations.Nullable;

/**
 * A message that a reader has taken and that is not acknowledged. Guarded by its reader's
 * lock. Holds no body: what comes again is read again, so that messages in flight cost
 * next to nothing.
 */
final class Outstanding {

	final long offset;

	int nacks;

	/** When it may be handed out again, epoch milliseconds. */
	long dueAt;

	/** When it was handed out, epoch milliseconds. */
	long handedAt;

	/** Whether it may have been handed out before. */
	boolean redelivered;

	/** Who had it last. */
	@Nullable Share last;

	Outstanding(long offset) {
		this.offset = offset;
	}

	static Outstanding of(ReaderStore.Claim claim) {
		Outstanding outstanding = new Outstanding(claim.offset());
		outstanding.nacks = claim.nacks();
		outstanding.dueAt = claim.dueAt();
		outstanding.redelivered = true;
		return outstanding;
	}

}
