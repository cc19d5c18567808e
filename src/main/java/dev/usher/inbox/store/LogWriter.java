package dev.usher.inbox.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.store.MessageStore.Outcome;
import dev.usher.inbox.store.MessageStore.Result;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.TransactionException;

/**
 * The one thread that appends. It takes whatever is queued, so the more publishers there
 * are the more share a commit; a commit is never waited for when nobody else is there.
 */
final class LogWriter {

	private static final Logger logger = LoggerFactory.getLogger(LogWriter.class);

	/** Beyond this a larger commit is no cheaper for each message. */
	private static final int BATCH = 500;

	private static final int BATCH_BYTES = 4 * 1024 * 1024;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	/** How often to look whether this node goes down, in milliseconds. */
	private static final long LOOK = 100;

	private static final CompletionStage<Void> TOLD = CompletableFuture.completedStage(null);

	private final MessageStore store;

	private final Consumer<List<Outcome>> committed;

	private final Consumer<Destination> doubted;

	private final FairQueue<Waiting> queue;

	private final FreeSpace freeSpace;

	private final Thread thread = new Thread(this::run, "inbox-writer");

	private volatile boolean closed;

	private volatile boolean storing;

	/** Completes with the batch at hand; null where nobody waits for that. */
	private @Nullable CompletableFuture<Void> batchEnd;

	/** Written by the thread alone. */
	private volatile long batches;

	private final Worker worker = new Worker("inbox-writer", InboxDatabase.PATIENCE, this::isBusy, () -> this.batches);

	private boolean failing;

	private final WriterTally tally = new WriterTally();

	/**
	 * @param committed told what a commit stored, before its publishers are answered
	 * @param doubted told where something may be stored although the commit failed
	 */
	LogWriter(MessageStore store, FreeSpace freeSpace, InboxProperties properties, Consumer<List<Outcome>> committed,
			Consumer<Destination> doubted) {
		this.store = store;
		this.freeSpace = freeSpace;
		this.committed = committed;
		this.doubted = doubted;
		this.queue = new FairQueue<>(properties.queue(), properties.queueBytes().bytes(InboxProperties.LEAST_QUEUE));
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	private boolean isBusy() {
		return this.storing || !this.queue.isEmpty();
	}

	CompletionStage<Appended> append(Draft draft) {
		if (this.closed) {
			return CompletableFuture.failedFuture(new RefusedException(Reason.DRAINING));
		}
		Waiting waiting = new Waiting(draft, new CompletableFuture<>());
		PublisherId publisher = draft.publisher();
		if (!this.queue.offer((publisher != null) ? publisher.name() : "", waiting, draft.weight())) {
			return CompletableFuture.failedFuture(
					(this.closed) ? new RefusedException(Reason.DRAINING) : new RefusedException(Reason.OVERLOADED,
							"More messages are waiting to be stored than this node holds.", RETRY_AFTER));
		}
		return waiting.answer();
	}

	/** How it gets on. */
	WriterTally tally() {
		return this.tally;
	}

	/** How many messages wait to be stored. */
	int queued() {
		return this.queue.size();
	}

	/** How many bytes wait to be stored. */
	long queuedBytes() {
		return this.queue.bytes();
	}

	/** How the thread is watched. While the database is away each refusal is progress. */
	Worker worker() {
		return this.worker;
	}

	private void run() {
		List<Waiting> batch = new ArrayList<>(BATCH);
		boolean over = false;
		while (!over) {
			try {
				over = !take(batch);
				store(batch);
			}
			catch (Throwable ex) {
				// Whatever it was, it is answered, and the next batch has its turn.
				FatalErrors.endIfFatal(ex);
				failed(batch, ex);
			}
			batch.clear();
			this.batches++;
			endBatch();
		}
		fail(this.queue.close(), new RefusedException(Reason.DRAINING));
	}

	/**
	 * Waits until readers are told all that is committed by now. What follows must not
	 * block.
	 */
	synchronized CompletionStage<Void> told() {
		if (!this.storing) {
			return TOLD;
		}
		CompletableFuture<Void> end = (this.batchEnd != null) ? this.batchEnd : new CompletableFuture<>();
		this.batchEnd = end;
		return end;
	}

	private void endBatch() {
		CompletableFuture<Void> end;
		synchronized (this) {
			this.storing = false;
			end = this.batchEnd;
			this.batchEnd = null;
		}
		if (end != null) {
			end.complete(null);
		}
	}

	private void failed(List<Waiting> batch, Throwable failure) {
		doubt(batch);
		fail(batch, failure);
		// No stack trace: drivers repeat what users wrote.
		logger.error("Storing messages failed: {}", InboxDatabase.describe(failure));
	}

	/** Answers false once there is nothing left to do for good. */
	private boolean take(List<Waiting> batch) {
		this.queue.await(LOOK);
		while (this.queue.isEmpty()) {
			if (this.closed) {
				return false;
			}
			this.queue.await(LOOK);
		}
		this.storing = true;
		this.queue.take(batch, BATCH, BATCH_BYTES);
		return true;
	}

	private void store(List<Waiting> batch) {
		if (batch.isEmpty()) {
			return;
		}
		if (this.freeSpace.isLow()) {
			fail(batch, InboxDatabase.unavailable());
			return;
		}
		List<Result> results;
		long begun = System.nanoTime();
		try {
			results = this.store.append(batch.stream().map(Waiting::draft).toList());
		}
		catch (DataIntegrityViolationException ex) {
			storeHalves(batch, ex);
			return;
		}
		catch (DataAccessException | TransactionException | RefusedException ex) {
			unavailable(batch, ex);
			return;
		}
		catch (RuntimeException ex) {
			// One message is at fault, whatever is wrong with it: the others are stored.
			storeHalves(batch, ex);
			return;
		}
		this.tally.committed(batch.size(), System.nanoTime() - begun);
		if (this.failing) {
			this.failing = false;
			logger.info("Messages are stored again");
		}
		this.committed.accept(results.stream().map(Result::outcome).filter(Objects::nonNull).toList());
		for (int i = 0; i < results.size(); i++) {
			answer(batch.get(i), results.get(i));
		}
	}

	private static void answer(Waiting waiting, Result result) {
		Outcome outcome = result.outcome();
		if (outcome != null) {
			waiting.answer().complete(outcome.answer());
		}
		else {
			waiting.answer().completeExceptionally(Objects.requireNonNull(result.refusal()));
		}
	}

	/**
	 * The database refused one of them for what it is: find it, so that no other suffers.
	 */
	private void storeHalves(List<Waiting> batch, RuntimeException ex) {
		if (batch.size() == 1) {
			logger.warn("A message for {} was refused by the database: {}", batch.get(0).draft().destination(),
					InboxDatabase.describe(ex));
			fail(batch, (ex instanceof DataIntegrityViolationException)
					? new RefusedException(Reason.STORAGE_UNAVAILABLE, "The storage refused this message.") : ex);
			return;
		}
		int middle = batch.size() / 2;
		store(batch.subList(0, middle));
		store(batch.subList(middle, batch.size()));
	}

	/**
	 * The database is away or full. Those who wait are told with the batch: trying for
	 * each would have them wait for as many timeouts.
	 */
	private void unavailable(List<Waiting> batch, RuntimeException ex) {
		if (!this.failing) {
			this.failing = true;
			logger.error("Messages cannot be stored ({}); publishers to stored destinations are refused until they can",
					InboxDatabase.describe(ex));
		}
		doubt(batch);
		RefusedException refusal = InboxDatabase.refusal(ex);
		fail(batch, refusal);
		refuseAll(refusal);
	}

	private void doubt(List<Waiting> batch) {
		batch.forEach((waiting) -> this.doubted.accept(waiting.draft().destination()));
	}

	private void refuseAll(RefusedException refusal) {
		fail(this.queue.drain(), refusal);
	}

	private static void fail(List<Waiting> batch, Throwable failure) {
		RefusedException refusal = InboxDatabase.refusal(failure);
		batch.forEach((waiting) -> waiting.answer().completeExceptionally(refusal));
	}

	/** Refuses what comes from now on and returns when what was taken is answered. */
	void close(Duration patience) {
		this.closed = true;
		try {
			this.thread.join(patience.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Waiting(Draft draft, CompletableFuture<Appended> answer) {

	}

}
