package dev.usher.websocket;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.thread.FailureLog;
import dev.usher.thread.SerialTasks;
import dev.usher.thread.WorkerPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which decorators of handlers are told how sessions end: whoever notices
 * an end may be keeping the time of all connections. What one session is told comes in
 * order, and one that waits holds up no other. Where {@value #MOST_WAITING} wait, more
 * are not told, which is logged. Any thread may call.
 */
public final class DecoratorThreads implements AutoCloseable {

	static final int MOST_WAITING = 50_000;

	private static final Logger logger = LoggerFactory.getLogger(DecoratorThreads.class);

	private static final int THREADS = 4;

	/**
	 * Nobody watches these threads: how long a decorator takes is its author's matter.
	 */
	private static final Duration PATIENCE = Duration.ofDays(1);

	private static final Duration LAST = Duration.ofSeconds(5);

	private final FailureLog losses = new FailureLog(logger,
			"Decorators of WebSocketHandlers are not told how sessions end");

	private final AtomicInteger waiting = new AtomicInteger();

	private final WorkerPool pool = new WorkerPool("usher-decorator-", THREADS, new LinkedBlockingQueue<>(), PATIENCE);

	private final SerialTasks sessions = new SerialTasks(this.pool);

	/** Makes threads that are started as work comes. */
	public DecoratorThreads() {
		this.pool.allowCoreThreadTimeOut(true);
	}

	/** Has a task run behind those of the same session. */
	void execute(String session, Runnable task) {
		try {
			if (this.waiting.incrementAndGet() > MOST_WAITING) {
				throw new RejectedExecutionException("They are slower than sessions go, and too many wait");
			}
			this.sessions.execute(session, () -> {
				this.waiting.decrementAndGet();
				task.run();
			});
		}
		catch (RejectedExecutionException ex) {
			this.waiting.decrementAndGet();
			this.losses.note(ex);
		}
	}

	/** Lets what waits run, for a while. */
	@Override
	public void close() {
		this.pool.shutdown();
		try {
			this.pool.awaitTermination(LAST.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
