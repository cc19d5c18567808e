package dev.usher.thread;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;

/**
 * Warns of calls that hold a thread which others wait for: of the first at once, then in
 * one line a second at most, which sums up those since. Any thread may call.
 */
public final class SlowCalls {

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

	private final Logger logger;

	private final String sentence;

	private final long slow;

	private boolean logged;

	private long loggedAt;

	private long calls;

	private long nanos;

	private String last = "";

	/** Whether a line will be logged by itself. */
	private boolean due;

	/**
	 * @param logger where to
	 * @param sentence what is too slow, and why that is bad
	 * @param slow what is too long for one call
	 */
	public SlowCalls(Logger logger, String sentence, Duration slow) {
		this.logger = logger;
		this.sentence = sentence;
		this.slow = slow.toNanos();
	}

	/**
	 * A call is through.
	 * @param name of what was called
	 * @param took for how long, in nanoseconds
	 */
	public void note(String name, long took) {
		if (took >= this.slow) {
			warn(name, took, System.nanoTime());
		}
	}

	private synchronized void warn(String name, long took, long now) {
		this.calls++;
		this.nanos += took;
		this.last = name;
		long wait = this.logged ? PAUSE - (now - this.loggedAt) : 0;
		if (wait <= 0) {
			log();
		}
		else if (!this.due) {
			this.due = true;
			CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS).execute(this::logSum);
		}
	}

	private synchronized void logSum() {
		this.due = false;
		if (this.calls > 0) {
			log();
		}
	}

	private void log() {
		this.logger.warn("{} The last was {}. Slow calls since the last line of this: {}, {} ms together.",
				this.sentence, this.last, this.calls, TimeUnit.NANOSECONDS.toMillis(this.nanos));
		this.logged = true;
		this.loggedAt = System.nanoTime();
		this.calls = 0;
		this.nanos = 0;
	}

}
