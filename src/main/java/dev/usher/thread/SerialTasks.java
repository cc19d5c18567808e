package dev.usher.thread;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks of many owners on a few threads: those of one owner one after the other, in
 * their order, and an owner who has had a turn goes to the end of the line. So one whose
 * tasks hang holds one thread and holds up no other owner. How much may wait is for
 * whoever adds to bound. Any thread may call.
 */
public final class SerialTasks {

	private final Executor executor;

	/** A task that runs is still in its queue, so that the next waits. */
	private final ConcurrentHashMap<String, Queue<Runnable>> owners = new ConcurrentHashMap<>();

	/**
	 * @param executor the threads; has a place for each owner
	 */
	public SerialTasks(Executor executor) {
		this.executor = executor;
	}

	/**
	 * Has a task run behind those of the same owner.
	 * @throws RejectedExecutionException where the threads take none any more
	 */
	public void execute(String owner, Runnable task) {
		boolean[] first = new boolean[1];
		this.owners.compute(owner, (key, present) -> {
			first[0] = present == null;
			Queue<Runnable> queue = (present != null) ? present : new ArrayDeque<>(2);
			queue.add(task);
			return queue;
		});
		if (first[0]) {
			queue(owner);
		}
	}

	private void queue(String owner) {
		try {
			this.executor.execute(() -> run(owner));
		}
		catch (RejectedExecutionException ex) {
			this.owners.remove(owner);
			throw ex;
		}
	}

	private void run(String owner) {
		Runnable[] first = new Runnable[1];
		this.owners.computeIfPresent(owner, (key, queue) -> {
			first[0] = queue.peek();
			return queue;
		});
		try {
			if (first[0] != null) {
				first[0].run();
			}
		}
		finally {
			if (hasMore(owner)) {
				queueNext(owner);
			}
		}
	}

	private void queueNext(String owner) {
		try {
			queue(owner);
		}
		catch (RejectedExecutionException ex) {
			// The threads are being shut down, and what waits is forgotten.
		}
	}

	private boolean hasMore(String owner) {
		return this.owners.computeIfPresent(owner, (key, queue) -> {
			queue.poll();
			return (queue.isEmpty()) ? null : queue;
		}) != null;
	}

}
