package dev.usher.thread;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed number of daemon threads with a bounded queue before them. No task can end one
 * of them: what it throws is logged, unless it is fatal. Each thread can be watched.
 */
public final class WorkerPool extends ThreadPoolExecutor implements Workers {

	private static final Logger logger = LoggerFactory.getLogger(WorkerPool.class);

	private final FailureLog failures;

	private final List<PoolThread> threads;

	/**
	 * @param name of its threads, a number follows it
	 * @param threads how many there are, started as work comes
	 * @param queue holds the tasks that wait; one that is full refuses more
	 * @param patience how long one task may take before its thread counts as stuck
	 */
	public WorkerPool(String name, int threads, BlockingQueue<Runnable> queue, Duration patience) {
		this(name, threads, queue, patience, new CopyOnWriteArrayList<>(), new AtomicInteger());
	}

	private WorkerPool(String name, int threads, BlockingQueue<Runnable> queue, Duration patience, List<PoolThread> all,
			AtomicInteger number) {
		super(threads, threads, 1, TimeUnit.MINUTES, queue,
				(task) -> new PoolThread(name + number.incrementAndGet(), task, patience, all));
		this.threads = all;
		this.failures = new FailureLog(logger, "A task of " + name + " failed");
	}

	@Override
	public void execute(Runnable task) {
		super.execute(() -> run(task));
	}

	private void run(Runnable task) {
		PoolThread thread = (PoolThread) Thread.currentThread();
		thread.begun++;
		try {
			task.run();
		}
		catch (Throwable ex) {
			this.failures.note(ex);
		}
		finally {
			thread.ended++;
		}
	}

	/**
	 * Runs work whose outcome somebody waits for; a fatal error of it ends the process.
	 * @throws java.util.concurrent.RejectedExecutionException where the queue is full
	 */
	public <T extends @Nullable Object> CompletableFuture<T> supply(Supplier<T> work) {
		return CompletableFuture.supplyAsync(FatalErrors.watched(work), this);
	}

	/**
	 * Takes nothing more, drops what waits, and lets what is under way finish, which is
	 * not interrupted.
	 * @param patience how long to wait for what is under way
	 */
	public void close(Duration patience) {
		GentleEnd.of(this, patience);
	}

	@Override
	public List<Worker> workers() {
		return this.threads.stream().map((thread) -> thread.worker).toList();
	}

	private static final class PoolThread extends Thread {

		private final List<PoolThread> all;

		private final Worker worker;

		/** Written by this thread alone, as is the other. */
		private volatile long begun;

		private volatile long ended;

		private PoolThread(String name, Runnable task, Duration patience, List<PoolThread> all) {
			super(task, name);
			setDaemon(true);
			this.all = all;
			this.worker = new Worker(getName(), patience, () -> this.begun != this.ended, () -> this.ended);
		}

		@Override
		public void run() {
			this.all.add(this);
			try {
				super.run();
			}
			finally {
				this.all.remove(this);
			}
		}

	}

}
