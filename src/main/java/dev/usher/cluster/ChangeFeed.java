package dev.usher.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.ScheduledThread;
import dev.usher.thread.SchedulingConfiguration;
import dev.usher.thread.Worker;
import dev.usher.thread.Workers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Polls what other nodes have ended or removed, on a thread of its own. A poll that fails
 * is counted and tried again. On the embedded database nothing is polled.
 */
@Component(ChangeFeed.NAME)
public class ChangeFeed implements Workers, SmartInitializingSingleton, DisposableBean {

	/**
	 * Whoever reads a polled table at the start depends on this bean, so that nothing is
	 * missed between that and the first poll.
	 */
	public static final String NAME = "changeFeed";

	/** The pool gives up after 5 s, the driver in each of a few statements as well. */
	private static final Duration PATIENCE = Duration.ofMinutes(3);

	/** Between polls that hints ask for: those of a crowd of ends are one poll. */
	private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(20);

	/** How long the end waits for a poll that is under way, in seconds. */
	private static final long LAST_POLL = 2;

	private static final Logger logger = LoggerFactory.getLogger(ChangeFeed.class);

	private final ObjectProvider<PolledTable<?>> tables;

	private final Changes changes;

	private final @Nullable FeedPool pool;

	private final @Nullable ChangeReader reader;

	private final long pause;

	private final FailureLog failures = new FailureLog(logger, "What other nodes have changed could not be taken in");

	private final ScheduledThread thread = new ScheduledThread("usher-changes", this.failures);

	/** Whether a poll that a hint asked for has yet to begin. */
	private final AtomicBoolean asked = new AtomicBoolean();

	/** When the last poll that went through began. */
	private volatile long heardAt = System.nanoTime();

	/** When the last poll began. */
	private volatile long begunAt = System.nanoTime();

	/** Written by the thread alone, as are the counts. */
	private volatile @Nullable Thread polling;

	private volatile long begun;

	private volatile long ended;

	private volatile long failed;

	private volatile boolean closed;

	private volatile List<PolledTable<?>> polled = List.of();

	/** Used by the thread alone. */
	private boolean away;

	private final Worker worker = new Worker("usher-changes", PATIENCE, () -> this.begun != this.ended,
			() -> this.ended);

	ChangeFeed(JdbcTemplate template, Changes changes, ClusterProperties properties,
			ObjectProvider<PolledTable<?>> tables) {
		this.tables = tables;
		this.changes = changes;
		this.pause = properties.poll().toMillis();
		this.pool = (changes.shared()) ? new FeedPool(Objects.requireNonNull(template.getDataSource())) : null;
		this.reader = (this.pool != null) ? new ChangeReader(this.pool.database()) : null;
		// Hints may still come while the node ends.
		this.thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
	}

	@Override
	public void afterSingletonsInstantiated() {
		ChangeReader reader = this.reader;
		if (reader != null) {
			this.polled = this.tables.stream().toList();
			this.thread.scheduleWithFixedDelay(() -> poll(reader), 0, this.pause, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Polls as soon as may be, because somebody says that there is something new. Any
	 * thread may call; never blocks.
	 */
	void pollSoon() {
		ChangeReader reader = this.reader;
		if (reader != null && this.asked.compareAndSet(false, true)) {
			long pause = Math.max(0, SPACING - (System.nanoTime() - this.begunAt));
			this.thread.schedule(() -> {
				// First: what is said from here on this poll may not see.
				this.asked.set(false);
				poll(reader);
			}, pause, TimeUnit.NANOSECONDS);
		}
	}

	/** Takes in what is new. Whatever is thrown, the next poll comes. */
	private void poll(ChangeReader reader) {
		if (this.closed) {
			return;
		}
		long now = System.nanoTime();
		this.begunAt = now;
		this.begun++;
		this.polling = Thread.currentThread();
		try {
			reader.poll(this.polled);
			this.heardAt = now;
			if (this.away) {
				this.away = false;
				logger.info("What other nodes have ended is heard again");
			}
		}
		catch (DataAccessException | TransactionException ex) {
			this.failed++;
			FatalErrors.endIfFatal(ex);
			if (!this.away && !this.closed) {
				logger.warn("What other nodes have ended cannot be read: {}", ex.getMessage());
			}
			this.away = true;
		}
		catch (Throwable ex) {
			this.failed++;
			FatalErrors.endIfFatal(ex);
			// What others need for it may be gone by then.
			if (!this.closed) {
				this.failures.note(ex);
			}
		}
		finally {
			this.polling = null;
			this.ended++;
		}
	}

	/** Whether anything is polled. */
	boolean polls() {
		return this.reader != null;
	}

	/** How old what this node has heard is: the time since the last good poll. */
	public Duration age() {
		return polls() ? Duration.ofNanos(Math.max(0, System.nanoTime() - this.heardAt)) : Duration.ZERO;
	}

	/** Whether a poll that went through began at this time or later, in nanoseconds. */
	boolean heardSince(long time) {
		return this.heardAt - time >= 0;
	}

	/** Whether a thread is the one that lets a poll take effect. */
	boolean isPolledBy(Thread thread) {
		return this.polling == thread;
	}

	/** How many polls have failed. */
	long failed() {
		return this.failed;
	}

	@Override
	public List<Worker> workers() {
		return List.of(this.worker);
	}

	@Scheduled(fixedDelay = 10, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void forgetExpired() {
		this.changes.forgetExpired();
	}

	/**
	 * Ends after the poll that is under way. The connection is closed by the thread that
	 * uses it: taken away from a poll it would be a failure, with a stack trace, of which
	 * nothing follows.
	 */
	@Override
	public void destroy() {
		this.closed = true;
		FeedPool open = this.pool;
		if (open != null) {
			this.thread.execute(open::close);
		}
		this.thread.shutdown();
		try {
			this.thread.awaitTermination(LAST_POLL, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
