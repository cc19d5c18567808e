package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.ScheduledThread;
import dev.usher.token.VerificationKeys.Reloaded;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads keys again on one daemon thread of its own. Whoever asks while a run is under way
 * shares it, so that a source that is slow costs one thread and one request however many
 * wait for it. Any thread may call; no caller's thread does the work.
 */
final class Reload implements AutoCloseable {

	/**
	 * How many may wait for one run. A waiting CONNECT is worth about a kilobyte; those
	 * beyond are answered from what is known.
	 */
	static final int MAX_WAITING = 1000;

	private static final Logger logger = LoggerFactory.getLogger(Reload.class);

	private static final CompletionStage<Reloaded> TOO_SOON = CompletableFuture.completedFuture(Reloaded.TOO_SOON);

	private static final CompletionStage<Reloaded> FAILED = CompletableFuture.completedFuture(Reloaded.FAILED);

	private final ScheduledThread thread;

	private final Clock clock;

	private final Duration interval;

	private final BooleanSupplier action;

	private final Object lock = new Object();

	private @Nullable CompletableFuture<Reloaded> underWay;

	private int waiting;

	private Instant nextOnDemand = Instant.MIN;

	/**
	 * @param name the name of its thread
	 * @param clock tells when it may run again
	 * @param interval how long after a run on demand the next may start
	 * @param action reads the keys and says whether it could; what it throws is logged
	 */
	Reload(String name, Clock clock, Duration interval, BooleanSupplier action) {
		this.clock = clock;
		this.interval = interval;
		this.action = action;
		this.thread = new ScheduledThread(name,
				new FailureLog(logger, "Keys could not be looked after; they are in a second"));
	}

	/** Runs the check on this thread again and again, first at once. */
	void watch(Runnable check, Duration period) {
		this.thread.scheduleWithFixedDelay(check, 0, period.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** When the next may start on demand. */
	Instant nextOnDemand() {
		synchronized (this.lock) {
			return this.nextOnDemand;
		}
	}

	/** Joins the run under way, or starts one unless the last on demand is too recent. */
	CompletionStage<Reloaded> onDemand() {
		synchronized (this.lock) {
			if (this.underWay == null) {
				Instant now = this.clock.instant();
				if (now.isBefore(this.nextOnDemand)) {
					return TOO_SOON;
				}
				this.nextOnDemand = now.plus(this.interval);
			}
			return join();
		}
	}

	/** Joins the run under way, or starts one however recent the last. */
	CompletionStage<Reloaded> now() {
		synchronized (this.lock) {
			return join();
		}
	}

	private CompletionStage<Reloaded> join() {
		if (this.waiting >= MAX_WAITING) {
			return FAILED;
		}
		CompletableFuture<Reloaded> run = this.underWay;
		if (run == null) {
			run = new CompletableFuture<>();
			try {
				this.thread.execute(this::run);
			}
			catch (RejectedExecutionException ex) {
				return FAILED;
			}
			this.underWay = run;
		}
		this.waiting++;
		return run;
	}

	private void run() {
		Reloaded outcome = Reloaded.FAILED;
		try {
			outcome = this.action.getAsBoolean() ? Reloaded.DONE : Reloaded.FAILED;
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			// No stack trace: strangers can cause one of these every few seconds.
			logger.warn("Keys could not be read again; those known stay in use: {}", ex.toString());
		}
		finally {
			finish(outcome);
		}
	}

	private void finish(Reloaded outcome) {
		CompletableFuture<Reloaded> run;
		synchronized (this.lock) {
			run = this.underWay;
			this.underWay = null;
			this.waiting = 0;
		}
		if (run != null) {
			run.complete(outcome);
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
		finish(Reloaded.FAILED);
	}

}
