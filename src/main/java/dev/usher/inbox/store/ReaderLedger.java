package dev.usher.inbox.store;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.Worker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes where readers are. It takes whatever was asked for since the
 * last commit, so many acknowledgements share one, and so a reader is opened only after
 * all that was written before has been.
 * <p>
 * What has been acknowledged is never dropped: while the database is away it waits here.
 * There is never more of it than messages in flight, so the list needs no bound of its
 * own.
 */
final class ReaderLedger {

	private static final Logger logger = LoggerFactory.getLogger(ReaderLedger.class);

	private static final long FIRST_PAUSE = 100;

	private static final long LONGEST_PAUSE = 5_000;

	private final LedgerBatch.Target target;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition asked = this.lock.newCondition();

	private final Condition closing = this.lock.newCondition();

	private final Thread thread = new Thread(this::run, "inbox-ledger");

	/** Guarded by the lock. */
	private LedgerBatch next = new LedgerBatch();

	/** Guarded by the lock. */
	private boolean closed;

	private volatile boolean abandoned;

	private volatile boolean writing;

	/** Written by the thread alone. */
	private volatile long tries;

	private final Worker worker = new Worker("inbox-ledger", InboxDatabase.PATIENCE, this::isBusy, () -> this.tries);

	private final FailureLog failures = new FailureLog(logger, "The ledger of readers failed and goes on");

	ReaderLedger(LedgerBatch.Target target) {
		this.target = target;
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	CompletionStage<Void> acknowledge(long reader, List<Long> offsets) {
		this.lock.lock();
		try {
			offsets.forEach((offset) -> this.next.acknowledge(reader, offset));
			return ask();
		}
		finally {
			this.lock.unlock();
		}
	}

	CompletionStage<Void> refuse(long reader, long offset, int nacks, long dueAt) {
		this.lock.lock();
		try {
			this.next.refuse(reader, offset, nacks, dueAt);
			return ask();
		}
		finally {
			this.lock.unlock();
		}
	}

	CompletionStage<Void> letGo(long reader, long offset, int nacks, long dueAt) {
		this.lock.lock();
		try {
			this.next.letGo(reader, offset, nacks, dueAt);
			return ask();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Moves a reader on and takes what is on the way, if it still stands where it did.
	 * @param left asked under the lock under which {@link #leave} is asked for: what
	 * comes after that is not written
	 */
	CompletableFuture<LedgerBatch.Claimed> claim(LedgerBatch.Claiming claiming, BooleanSupplier left) {
		return asking(claiming.answer(), (batch) -> {
			if (left.getAsBoolean()) {
				claiming.answer().complete(new LedgerBatch.Claimed(false, claiming.from(), 1));
			}
			else {
				batch.claim(claiming);
			}
		});
	}

	/** Lets go of what this node has taken for a reader, or removes the reader. */
	CompletionStage<Void> leave(long reader, boolean forget) {
		this.lock.lock();
		try {
			this.next.leave(reader, forget);
			return ask();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Opens a reader, after all that was asked for before is written. */
	CompletableFuture<ReaderStore.Opened> open(long log, String name, long start) {
		LedgerBatch.Opening opening = new LedgerBatch.Opening(log, name, start, new CompletableFuture<>());
		return asking(opening.answer(), (batch) -> batch.open(opening));
	}

	/**
	 * Takes over what other nodes let go of.
	 * @param left as with {@link #claim}
	 */
	CompletableFuture<List<ReaderStore.Claim>> adopt(LedgerBatch.Adopting adopting, BooleanSupplier left) {
		return asking(adopting.answer(), (batch) -> {
			if (left.getAsBoolean()) {
				adopting.answer().complete(List.of());
			}
			else {
				batch.adopt(adopting);
			}
		});
	}

	private <T> CompletableFuture<T> asking(CompletableFuture<T> answer, Consumer<LedgerBatch> how) {
		this.lock.lock();
		try {
			if (this.closed) {
				answer.completeExceptionally(new RefusedException(Reason.DRAINING));
				return answer;
			}
			how.accept(this.next);
			ask();
			return answer;
		}
		finally {
			this.lock.unlock();
		}
	}

	private CompletionStage<Void> ask() {
		this.asked.signal();
		return this.next.written();
	}

	/** How the thread is watched. While the database is away each try is progress. */
	Worker worker() {
		return this.worker;
	}

	private boolean isBusy() {
		if (this.writing) {
			return true;
		}
		// Whoever holds the lock for long is what is looked for.
		if (!this.lock.tryLock()) {
			return true;
		}
		try {
			return !this.next.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run() {
		boolean over = false;
		while (!over) {
			try {
				over = !writeNext();
			}
			catch (Throwable ex) {
				this.failures.note(ex);
			}
		}
	}

	/** Answers whether there may be more to come. */
	private boolean writeNext() {
		LedgerBatch batch = take();
		if (batch == null) {
			return false;
		}
		this.writing = true;
		try {
			write(batch);
		}
		finally {
			this.writing = false;
		}
		return true;
	}

	private @Nullable LedgerBatch take() {
		this.lock.lock();
		try {
			while (this.next.isEmpty()) {
				if (this.closed) {
					return null;
				}
				// Nobody interrupts this thread on purpose, and it must not end by
				// accident.
				this.asked.awaitUninterruptibly();
			}
			LedgerBatch taken = this.next;
			this.next = new LedgerBatch();
			return taken;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void write(LedgerBatch batch) {
		long pause = FIRST_PAUSE;
		while (!this.abandoned) {
			try {
				this.tries++;
				batch.write(this.target);
				if (pause != FIRST_PAUSE) {
					logger.info("Acknowledgements are written again");
				}
				return;
			}
			catch (Throwable ex) {
				FatalErrors.endIfFatal(ex);
				if (pause == FIRST_PAUSE) {
					logger.error("Acknowledgements cannot be written ({}); they wait until they can",
							InboxDatabase.describe(ex));
				}
				// Whoever can try again for themselves is not kept waiting.
				RefusedException refusal = InboxDatabase.refusal(ex);
				batch.takeQuestions().forEach((question) -> question.completeExceptionally(refusal));
			}
			if (pauseOrClose(pause)) {
				return;
			}
			pause = Math.min(2 * pause, LONGEST_PAUSE);
		}
	}

	/**
	 * Waits before the next try, and tells those who asked meanwhile that the database is
	 * away.
	 * @return whether there will be no next try
	 */
	private boolean pauseOrClose(long pause) {
		List<CompletableFuture<?>> questions;
		boolean over;
		this.lock.lock();
		try {
			if (!this.closed) {
				awaitClosing(pause);
			}
			over = this.closed;
			questions = this.next.takeQuestions();
		}
		finally {
			this.lock.unlock();
		}
		RefusedException refusal = InboxDatabase.unavailable();
		questions.forEach((question) -> question.completeExceptionally(refusal));
		return over;
	}

	private void awaitClosing(long millis) {
		try {
			this.closing.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			// Then the next try comes sooner.
		}
	}

	/** Writes what is waiting, in one more try if need be, and ends. */
	void close(Duration patience) {
		this.lock.lock();
		try {
			this.closed = true;
			this.asked.signal();
			this.closing.signal();
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.thread.join(patience.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.abandoned = true;
	}

}
