package dev.usher.inbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.usher.inbox.MessageStore.Outcome;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataIntegrityViolationException;

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

	private final MessageStore store;

	private final Consumer<List<Outcome>> committed;

	private final BlockingQueue<Waiting> queue;

	private final long maxBytes;

	private final AtomicLong bytes = new AtomicLong();

	private final Thread thread = new Thread(this::run, "inbox-writer");

	private volatile boolean closed;

	private volatile boolean storing;

	/** Written by the thread alone. */
	private volatile long batches;

	private final Worker worker = new Worker("inbox-writer", Database.PATIENCE, this::isBusy, () -> this.batches);

	private boolean failing;

	/**
	 * @param committed told what a commit stored, before its publishers are answered
	 */
	LogWriter(MessageStore store, InboxProperties properties, Consumer<List<Outcome>> committed) {
		this.store = store;
		this.committed = committed;
		this.queue = new LinkedBlockingQueue<>(properties.queue());
		this.maxBytes = properties.queueBytes().toBytes();
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
		Waiting waiting = new Waiting(draft, draft.weight(), new CompletableFuture<>());
		if (this.bytes.addAndGet(waiting.weight()) > this.maxBytes || !this.queue.offer(waiting)) {
			this.bytes.addAndGet(-waiting.weight());
			return CompletableFuture.failedFuture(new RefusedException(Reason.OVERLOADED,
					"More messages are waiting to be stored than this node holds.", RETRY_AFTER));
		}
		if (this.closed && this.queue.remove(waiting)) {
			return CompletableFuture.failedFuture(new RefusedException(Reason.DRAINING));
		}
		return waiting.answer();
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
			this.storing = false;
			this.batches++;
		}
		refuseAll(new RefusedException(Reason.DRAINING));
	}

	private void failed(List<Waiting> batch, Throwable failure) {
		fail(batch, failure);
		// No stack trace: drivers repeat what users wrote.
		logger.error("Storing messages failed: {}", Database.describe(failure));
	}

	/** Answers false once there is nothing left to do for good. */
	private boolean take(List<Waiting> batch) {
		Waiting first = poll();
		while (first == null) {
			if (this.closed) {
				return false;
			}
			first = poll();
		}
		this.storing = true;
		int weight = add(first, batch);
		while (batch.size() < BATCH && weight < BATCH_BYTES) {
			Waiting next = this.queue.poll();
			if (next == null) {
				break;
			}
			weight += add(next, batch);
		}
		return true;
	}

	private @Nullable Waiting poll() {
		try {
			return this.queue.poll(100, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			// Nobody does so on purpose, and this thread must not end by accident.
			return null;
		}
	}

	private int add(Waiting waiting, List<Waiting> batch) {
		this.bytes.addAndGet(-waiting.weight());
		batch.add(waiting);
		return waiting.weight();
	}

	private void store(List<Waiting> batch) {
		if (batch.isEmpty()) {
			return;
		}
		List<Outcome> outcomes;
		try {
			outcomes = this.store.append(batch.stream().map(Waiting::draft).toList());
		}
		catch (DataIntegrityViolationException ex) {
			storeHalves(batch, ex);
			return;
		}
		catch (RuntimeException ex) {
			unavailable(batch, ex);
			return;
		}
		if (this.failing) {
			this.failing = false;
			logger.info("Messages are stored again");
		}
		this.committed.accept(outcomes);
		for (int i = 0; i < outcomes.size(); i++) {
			batch.get(i).answer().complete(outcomes.get(i).answer());
		}
	}

	/**
	 * The database refused one of them for what it is: find it, so that no other suffers.
	 */
	private void storeHalves(List<Waiting> batch, DataIntegrityViolationException ex) {
		if (batch.size() == 1) {
			logger.warn("A message for {} was refused by the database: {}", batch.get(0).draft().destination(),
					Database.describe(ex));
			fail(batch, new RefusedException(Reason.STORAGE_UNAVAILABLE, "The storage refused this message."));
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
					Database.describe(ex));
		}
		RefusedException refusal = Database.refusal(ex);
		fail(batch, refusal);
		refuseAll(refusal);
	}

	private void refuseAll(RefusedException refusal) {
		List<Waiting> all = new ArrayList<>();
		this.queue.drainTo(all);
		all.forEach((waiting) -> this.bytes.addAndGet(-waiting.weight()));
		fail(all, refusal);
	}

	private static void fail(List<Waiting> batch, Throwable failure) {
		RefusedException refusal = Database.refusal(failure);
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

	private record Waiting(Draft draft, int weight, CompletableFuture<Appended> answer) {

	}

}
