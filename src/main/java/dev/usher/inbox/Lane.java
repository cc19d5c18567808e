package dev.usher.inbox;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.usher.thread.FatalErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's place before the threads that wait for the database. What is asked for in
 * one lane is done one after the other, each time at the end of the line, so that a
 * client with many subscriptions waits for itself and nobody else for it. Any thread.
 */
public final class Lane implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(Lane.class);

	private final Executor threads;

	private final Queue<Runnable> tasks = new ArrayDeque<>(2);

	private boolean running;

	public Lane(Executor threads) {
		this.threads = threads;
	}

	/**
	 * Runs a task after those that were given before.
	 * @throws RejectedExecutionException where the line is full; the task is not run
	 */
	@Override
	public synchronized void execute(Runnable task) {
		if (!this.running) {
			this.threads.execute(this::run);
			this.running = true;
		}
		this.tasks.add(task);
	}

	private void run() {
		do {
			Runnable task = next();
			try {
				task.run();
			}
			catch (RuntimeException | Error ex) {
				FatalErrors.endIfFatal(ex);
				logger.error("A task of the inbox failed", ex);
			}
		}
		while (goOn());
	}

	private synchronized Runnable next() {
		return this.tasks.remove();
	}

	/** Goes to the end of the line, or on at once where the line is full. */
	private synchronized boolean goOn() {
		if (this.tasks.isEmpty()) {
			this.running = false;
			return false;
		}
		try {
			this.threads.execute(this::run);
			return false;
		}
		catch (RejectedExecutionException ex) {
			return true;
		}
	}

}
