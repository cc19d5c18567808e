package dev.usher.inbox;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one task again and again on shared threads: never twice at once, always once more
 * after the last call of {@link #wake()}, and each time at the end of the line, so that a
 * busy one delays no other.
 */
final class Turns {

	private final Executor executor;

	private final Runnable task;

	private final AtomicInteger wakes = new AtomicInteger();

	Turns(Executor executor, Runnable task) {
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
		finally {
			if (this.wakes.addAndGet(-seen) != 0) {
				queue();
			}
		}
	}

}
