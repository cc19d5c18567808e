package dev.usher.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Notices that this process stood still, as one does that was suspended, and has nothing
 * delivered then before the next good poll: whoever was ended meanwhile is sent nothing
 * more. Where nothing is polled nobody can end anything elsewhere, and nothing waits. Any
 * thread.
 */
@Component
public class Standstill implements SmartInitializingSingleton, DisposableBean {

	/** For so long nobody is sent what they may not have in any case. */
	private static final long LONG = TimeUnit.SECONDS.toNanos(1);

	private static final Duration BEAT = Duration.ofMillis(100);

	/** A database that is away must not keep live messages for long. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(3);

	private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(2);

	private static final Logger logger = LoggerFactory.getLogger(Standstill.class);

	private final Heard heard;

	/** In nanoseconds of the machine. */
	private final LongSupplier time;

	private final ScheduledThread thread = new ScheduledThread("usher-beat",
			new FailureLog(logger, "It could not be noticed whether this process stood still"));

	private volatile boolean beats;

	private volatile long beatAt;

	private volatile boolean behind;

	/** Guarded by this. */
	private long wokeAt;

	@Autowired
	Standstill(ChangeFeed feed) {
		this(new Heard() {

			@Override
			public boolean isPossible() {
				return feed.polls();
			}

			@Override
			public boolean since(long moment) {
				return feed.heardSince(moment);
			}

			@Override
			public boolean isBy(Thread thread) {
				return feed.isPolledBy(thread);
			}

		}, System::nanoTime);
	}

	Standstill(Heard heard, LongSupplier time) {
		this.heard = heard;
		this.time = time;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.heard.isPossible()) {
			this.beatAt = this.time.getAsLong();
			this.beats = true;
			this.thread.scheduleWithFixedDelay(this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Waits, after the process stood still, until it has heard who was ended meanwhile.
	 * Called before anything is written to clients, with no lock held.
	 */
	public void awaitHeard() {
		if (!this.beats) {
			return;
		}
		// Whoever wakes first may be the caller.
		if (this.time.getAsLong() - this.beatAt > LONG) {
			beat();
		}
		// The poll itself tells those who were ended.
		while (this.behind && !this.heard.isBy(Thread.currentThread()) && isBehind()) {
			LockSupport.parkNanos(LOOK);
		}
	}

	/** This process runs. Called ten times a second. */
	synchronized void beat() {
		long now = this.time.getAsLong();
		if (now - this.beatAt > LONG) {
			this.wokeAt = now;
			this.behind = true;
		}
		this.beatAt = now;
	}

	private synchronized boolean isBehind() {
		this.behind = this.behind && !this.heard.since(this.wokeAt) && this.time.getAsLong() - this.wokeAt < PATIENCE;
		return this.behind;
	}

	@Override
	public void destroy() {
		this.beats = false;
		this.thread.shutdownNow();
	}

	/** What is heard of the ends on other nodes. */
	interface Heard {

		/** Whether anything can be ended elsewhere. */
		boolean isPossible();

		/** Whether all was heard that was ended before a moment. */
		boolean since(long moment);

		/** Whether a thread is the one that hears. */
		boolean isBy(Thread thread);

	}

}
