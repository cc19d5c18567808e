package dev.usher.inbox.store;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.inbox.StoredMessage;

/**
 * Where a reader gets its messages, and where it notes what became of them. No method
 * waits: what is in memory is answered at once, the rest by a thread that may wait for
 * the database. A stage that fails may be asked again.
 */
interface Feed {

	/** What came after a place, this reader's alone from now on. */
	CompletableFuture<Page> newer(long place, Demand demand);

	/** Messages that are to be handed out again; those that are gone are left out. */
	CompletableFuture<List<StoredMessage>> refetch(Collection<Long> offsets);

	/** What a lost answer or another node left for this reader. */
	CompletableFuture<List<ReaderStore.Claim>> adopt(boolean own);

	CompletionStage<Void> acknowledge(List<Long> offsets);

	CompletionStage<Void> refuse(long offset, int nacks, long dueAt);

	/** Whether other nodes may have the same reader open. */
	boolean isShared();

	/**
	 * Nobody here has a message any more; others may take it at once, this node later.
	 */
	CompletionStage<Void> letGo(long offset, int nacks, long dueAt);

	/** The last subscription is gone, or other nodes are to have what this one has. */
	CompletionStage<Void> leave(boolean forget);

	/** Takes messages again after {@link #leave}, once all that was left is free. */
	void rejoin();

	/**
	 * A piece of the log, in the order of its offsets.
	 *
	 * @param messages those to hand out
	 * @param place where the reader stands after them
	 * @param moved whether the reader stood elsewhere, so that nothing was taken
	 * @param nodes how many nodes have the reader open
	 */
	record Page(List<StoredMessage> messages, long place, boolean moved, int nodes) {

	}

	/**
	 * How much is asked for.
	 *
	 * @param most how many messages at most
	 * @param backlog how many there are after the place
	 * @param held how many this reader has that are not acknowledged
	 */
	record Demand(int most, long backlog, long held) {

	}

}
