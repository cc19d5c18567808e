package dev.usher.token;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;

import dev.usher.thread.SerialTasks;
import dev.usher.thread.WorkerPool;

/**
 * The threads that ask an extension for the roles of one issuer's users. Each user has
 * one of them at a time and a share of what may wait, so that one whose answers hang
 * keeps out nobody else. Any thread may call.
 */
final class RoleLine {

	private static final int THREADS = 4;

	private static final int MAX_WAITING = 2000;

	/** Those of one user wait for each other. */
	private static final int MAX_WAITING_OF_USER = 20;

	/** How long the thread of one that hangs is not thought to be stuck. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	/** Its queue holds what waits, which is counted here. */
	private final WorkerPool threads = new WorkerPool("claim-roles-", THREADS, new LinkedBlockingQueue<>(), PATIENCE);

	private final SerialTasks users = new SerialTasks(this.threads);

	private final Map<String, Integer> waiting = new HashMap<>();

	private int all;

	RoleLine() {
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Has a task run behind those of the same user.
	 * @throws RejectedExecutionException where too many wait
	 */
	void execute(String user, Runnable task) {
		if (!take(user)) {
			throw new RejectedExecutionException("Too many tokens wait for their roles");
		}
		try {
			this.users.execute(user, () -> run(user, task));
		}
		catch (RejectedExecutionException ex) {
			give(user);
			throw ex;
		}
	}

	private void run(String user, Runnable task) {
		try {
			task.run();
		}
		finally {
			give(user);
		}
	}

	private synchronized boolean take(String user) {
		int own = this.waiting.getOrDefault(user, 0);
		if (this.all >= MAX_WAITING || own >= MAX_WAITING_OF_USER) {
			return false;
		}
		this.all++;
		this.waiting.put(user, own + 1);
		return true;
	}

	private synchronized void give(String user) {
		this.all--;
		this.waiting.computeIfPresent(user, (name, number) -> (number > 1) ? number - 1 : null);
	}

	void close() {
		this.threads.shutdown();
	}

}
