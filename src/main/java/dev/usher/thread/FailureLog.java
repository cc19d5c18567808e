package dev.usher.thread;

import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;

/**
 * Logs the failures of a task that is run again and again, the first with its stack trace
 * and then one in ten seconds: the same failure of 10,000 connections must not fill the
 * log. Ends the process for a fatal one. Never throws; any thread may call.
 */
public final class FailureLog {

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

	private final Logger logger;

	private final String sentence;

	private boolean logged;

	private long loggedAt;

	private long unlogged;

	/**
	 * @param logger receives one line at most in ten seconds
	 * @param sentence what failed and what becomes of it
	 */
	public FailureLog(Logger logger, String sentence) {
		this.logger = logger;
		this.sentence = sentence;
	}

	/** Takes note of a failure. */
	public void note(Throwable failure) {
		FatalErrors.endIfFatal(failure);
		try {
			log(failure);
		}
		catch (Throwable ex) {
			// Whoever survives the failure survives that it cannot be logged.
			FatalErrors.endIfFatal(ex);
		}
	}

	private void log(Throwable failure) {
		long before;
		synchronized (this) {
			long now = System.nanoTime();
			if (this.logged && now - this.loggedAt < PAUSE) {
				this.unlogged++;
				return;
			}
			this.logged = true;
			this.loggedAt = now;
			before = this.unlogged;
			this.unlogged = 0;
		}
		if (before > 0) {
			this.logger.error("{} ({} failures since the last line of this)", this.sentence, before, failure);
		}
		else {
			this.logger.error("{}", this.sentence, failure);
		}
	}

	/** A task that never throws: what it throws is noted here. */
	public Runnable guard(Runnable task) {
		return () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				note(ex);
			}
		};
	}

}
