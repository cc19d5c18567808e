package dev.usher.inbox.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.thread.FailureLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one task again and again on shared threads: never twice at once, always once more
 * after the last call of {@link #wake()}, and each time at the end of the line, so that a
 * busy one delays no other. A task that failed runs again a second later, woken or not.
 */
final class SerialTask {

	private static final Logger logger = LoggerFactory.getLogger(SerialTask.class);

	/** One for all: what fails for one reader may fail for 10,000. */
	private static final FailureLog failures = new FailureLog(logger,
			"A reader of a stored destination failed and is tried again in a second");

	private static final long PAUSE_SECONDS = 1;

	private final Executor executor;

	private final Runnable task;

	private final AtomicInteger wakes = new AtomicInteger();

	SerialTask(Executor executor, Runnable task) {
		this.executor = executor;
		this.task = task;
	}

	void wake() {
		if (this.wakes.getAndIncrement() == 0) {
			queue();
		}
	}

	private void queue() {
		try {
			this.executor.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			// The inbox is closed: nothing is handed out any more.
			this.wakes.set(1);
		}
	}

	private void run() {
		int seen = this.wakes.get();
		try {
			this.task.run();
		}
		catch (Throwable ex) {
			failures.note(ex);
			CompletableFuture.delayedExecutor(PAUSE_SECONDS, TimeUnit.SECONDS, Runnable::run).execute(this::wake);
		}
		finally {
			if (this.wakes.addAndGet(-seen) != 0) {
				queue();
			}
		}
	}

}
