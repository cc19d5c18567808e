package dev.usher.thread;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that runs tasks at once, later or again and again, in the order of
 * their times. What a task throws is noted in a {@link FailureLog}: a task that repeats
 * goes on, and a fatal error ends the process. After {@link #shutdown} what was scheduled
 * once still runs, what repeats does not. Any thread may call.
 */
public final class ScheduledThread extends ScheduledThreadPoolExecutor {

	private final FailureLog failures;

	/**
	 * Starts its thread with the first task.
	 * @param name of the thread, as in the log and in a thread dump
	 * @param failures notes what the tasks throw
	 */
	public ScheduledThread(String name, FailureLog failures) {
		super(1, (loop) -> {
			Thread thread = new Thread(loop, name);
			thread.setDaemon(true);
			return thread;
		});
		this.failures = failures;
	}

	/** Also what {@code execute} and {@code submit} of a {@code Runnable} end in. */
	@Override
	public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
		return super.schedule(this.failures.guard(task), delay, unit);
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
		return super.scheduleAtFixedRate(this.failures.guard(task), initialDelay, period, unit);
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
		return super.scheduleWithFixedDelay(this.failures.guard(task), initialDelay, delay, unit);
	}

	/**
	 * Takes nothing more, drops what is scheduled, and lets what is under way finish,
	 * which is not interrupted. For a thread that asks the database.
	 * @param patience how long to wait for what is under way
	 */
	public void close(Duration patience) {
		GentleEnd.of(this, patience);
	}

}
