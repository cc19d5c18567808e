package dev.usher.inbox;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
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

	/**
	 * Moves a reader on and takes what is on the way, if it still stands where it did.
	 */
	CompletableFuture<LedgerBatch.Claimed> claim(long reader, long from, long to, List<Long> offsets) {
		LedgerBatch.Claiming claiming = new LedgerBatch.Claiming(reader, from, to, offsets, new CompletableFuture<>());
		return asking(claiming.answer(), (batch) -> batch.claim(claiming));
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
	 * @param own whether to answer what is this node's own as well
	 */
	CompletableFuture<List<ReaderStore.Claim>> adopt(long reader, boolean own) {
		LedgerBatch.Adopting adopting = new LedgerBatch.Adopting(reader, own, new CompletableFuture<>());
		return asking(adopting.answer(), (batch) -> batch.adopt(adopting));
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

	private void run() {
		try {
			LedgerBatch batch = take();
			while (batch != null) {
				write(batch);
				batch = take();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private @Nullable LedgerBatch take() throws InterruptedException {
		this.lock.lock();
		try {
			while (this.next.isEmpty()) {
				if (this.closed) {
					return null;
				}
				this.asked.await();
			}
			LedgerBatch taken = this.next;
			this.next = new LedgerBatch();
			return taken;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void write(LedgerBatch batch) throws InterruptedException {
		long pause = FIRST_PAUSE;
		while (!this.abandoned) {
			try {
				batch.write(this.target);
				if (pause != FIRST_PAUSE) {
					logger.info("Acknowledgements are written again");
				}
				return;
			}
			catch (RuntimeException ex) {
				if (pause == FIRST_PAUSE) {
					logger.error("Acknowledgements cannot be written ({}); they wait until they can",
							Database.describe(ex));
				}
				// Whoever can try again for themselves is not kept waiting.
				RefusedException refusal = Database.refusal(ex);
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
	private boolean pauseOrClose(long pause) throws InterruptedException {
		List<CompletableFuture<?>> questions;
		boolean over;
		this.lock.lock();
		try {
			if (!this.closed) {
				this.closing.await(pause, TimeUnit.MILLISECONDS);
			}
			over = this.closed;
			questions = this.next.takeQuestions();
		}
		finally {
			this.lock.unlock();
		}
		RefusedException refusal = Database.unavailable();
		questions.forEach((question) -> question.completeExceptionally(refusal));
		return over;
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
