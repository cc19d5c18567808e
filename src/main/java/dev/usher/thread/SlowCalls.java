package dev.usher.thread;

import java.time.Duration;
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
		if (this.logged && now - this.loggedAt < PAUSE) {
			return;
		}
		this.logger.warn("{} The last was {}. Slow calls since the last line of this: {}, {} ms together.",
				this.sentence, name, this.calls, TimeUnit.NANOSECONDS.toMillis(this.nanos));
		this.logged = true;
		this.loggedAt = now;
		this.calls = 0;
		this.nanos = 0;
	}

}
