package dev.usher.inbox.store;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import dev.usher.inbox.StoredMessage;
import dev.usher.thread.FatalErrors;
import org.jspecify.annotations.Nullable;

/**
 * The feed of a reader that lives as long as one connection: it has the log to itself,
 * and nothing of it is kept.
 */
final class ConnectionFeed implements Feed {

	private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

	private final LiveLog live;

	private final LogHead log;

	private final MessageStore messages;

	private final Executor fetch;

	private final ReadAhead readAhead;

	ConnectionFeed(LiveLog live, LogHead log, MessageStore messages, Executor fetch, ReadAhead readAhead) {
		this.readAhead = readAhead;
		this.live = live;
		this.log = log;
		this.messages = messages;
		this.fetch = fetch;
	}

	@Override
	public CompletableFuture<Page> newer(long place, Demand demand) {
		List<StoredMessage> tail = this.live.tail().after(place, demand.most());
		if (tail != null) {
			return CompletableFuture.completedFuture(page(tail, place));
		}
		// Read before the rows are: up to here all was committed, so what is not found is
		// gone.
		long head = this.live.head();
		return fetched(() -> page(this.messages.after(this.log, place, demand.most()), head));
	}

	private static Page page(List<StoredMessage> messages, long placeIfNone) {
		long place = (messages.isEmpty()) ? placeIfNone : messages.get(messages.size() - 1).offset();
		return new Page(messages, place, false, 1);
	}

	@Override
	public CompletableFuture<List<StoredMessage>> refetch(Collection<Long> offsets) {
		List<StoredMessage> tail = this.live.tail().at(offsets);
		return (tail != null) ? CompletableFuture.completedFuture(tail)
				: fetched(() -> this.messages.at(this.log, offsets));
	}

	private <T extends @Nullable Object> CompletableFuture<T> fetched(Supplier<T> read) {
		try {
			return CompletableFuture.supplyAsync(FatalErrors.watched(() -> {
				this.readAhead.awaitRoom();
				return read.get();
			}), this.fetch);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public CompletableFuture<List<ReaderStore.Claim>> adopt(boolean own) {
		return CompletableFuture.completedFuture(List.of());
	}

	@Override
	public CompletionStage<Void> acknowledge(List<Long> offsets) {
		return DONE;
	}

	@Override
	public CompletionStage<Void> refuse(long offset, int nacks, long dueAt) {
		return DONE;
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public CompletionStage<Void> letGo(long offset, int nacks, long dueAt) {
		throw new IllegalStateException("A reader of one connection is nobody else's");
	}

	@Override
	public CompletionStage<Void> leave(boolean forget) {
		return DONE;
	}

	@Override
	public void rejoin() {
	}

}
