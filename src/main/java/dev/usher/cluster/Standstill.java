package dev.usher.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
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

	private final ChangeFeed feed;

	private final ScheduledThread thread = new ScheduledThread("usher-beat",
			new FailureLog(logger, "It could not be noticed whether this process stood still"));

	private volatile boolean beats;

	private volatile long beatAt;

	private volatile boolean behind;

	/** Guarded by this. */
	private long wokeAt;

	Standstill(ChangeFeed feed) {
		this.feed = feed;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.feed.polls()) {
			this.beatAt = System.nanoTime();
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
		if (System.nanoTime() - this.beatAt > LONG) {
			beat();
		}
		// The poll itself tells those who were ended.
		while (this.behind && !this.feed.isPolledBy(Thread.currentThread()) && isBehind()) {
			LockSupport.parkNanos(LOOK);
		}
	}

	private synchronized void beat() {
		long now = System.nanoTime();
		if (now - this.beatAt > LONG) {
			this.wokeAt = now;
			this.behind = true;
		}
		this.beatAt = now;
	}

	private synchronized boolean isBehind() {
		this.behind = this.behind && !this.feed.heardSince(this.wokeAt) && System.nanoTime() - this.wokeAt < PATIENCE;
		return this.behind;
	}

	@Override
	public void destroy() {
		this.beats = false;
		this.thread.shutdownNow();
	}

}
