package dev.usher.audit;

import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.usher.audit.AuditProperties.Format;
import dev.usher.thread.FailureLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the audit log, and the queue before it. The standard output
 * can stand still, as a pipe does that nobody reads; the threads that have something to
 * record serve thousands of connections each. So they never wait: when the queue is full
 * a line is dropped and counted, and the log says how many are missing where they are.
 */
final class AuditWriter {

	/** A few MiB when full, and a few seconds of an attack. */
	static final int MOST_WAITING = 10_000;

	private static final long CLOSE_MILLIS = 5_000;

	private static final long POLL_MILLIS = 100;

	/**
	 * How long lines gather once all are written. Being woken for each cost as much as
	 * writing it.
	 */
	private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final Logger target;

	private final Format format;

	private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(MOST_WAITING);

	/** All that were dropped since the start. */
	private final AtomicLong dropped = new AtomicLong();

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(AuditWriter.class),
			"A line of the audit log could not be written");

	private final Thread thread = new Thread(this::run, "usher-audit");

	private volatile boolean closed;

	/** How many of the dropped the log tells of. Used by the thread alone. */
	private long told;

	AuditWriter(Logger target, Format format) {
		this.target = target;
		this.format = format;
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/** Queues a line, or drops it. Never waits. */
	void write(String text) {
		// How many were dropped before it: that is where the log has to say so.
		if (!this.queue.offer(new Line(text, Instant.now(), this.dropped.get()))) {
			this.dropped.incrementAndGet();
		}
	}

	/** How many lines were dropped. */
	long dropped() {
		return this.dropped.get();
	}

	private void run() {
		boolean over = false;
		while (!over) {
			try {
				Line line = poll();
				if (line != null) {
					tellDropped(line.droppedBefore());
					log(Level.INFO, line.text(), line.at());
				}
				else {
					tellDropped(this.dropped.get());
					over = this.closed;
				}
			}
			catch (Throwable ex) {
				this.failures.note(ex);
			}
		}
	}

	private @Nullable Line poll() {
		try {
			Line next = this.queue.poll();
			if (next == null && !this.closed) {
				LockSupport.parkNanos(this, GATHER_NANOS);
				next = this.queue.poll();
			}
			return (next != null || this.closed) ? next : this.queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			// Nobody does so on purpose, and this thread must not end by accident.
			return null;
		}
	}

	private void tellDropped(long droppedNow) {
		long missing = droppedNow - this.told;
		if (missing > 0) {
			this.told = droppedNow;
			log(Level.WARN, AuditLine.dropped(missing, Instant.now(), this.format), Instant.now());
		}
	}

	/** With the time at which it happened, not at which it was its turn. */
	private void log(Level level, String text, Instant at) {
		if (!(this.target instanceof ch.qos.logback.classic.Logger logback)) {
			this.target.atLevel(org.slf4j.event.Level.valueOf(level.toString())).log(text);
			return;
		}
		LoggingEvent event = new LoggingEvent(AuditWriter.class.getName(), logback, level, text, null, null);
		event.setInstant(at);
		logback.callAppenders(event);
	}

	/** Writes what is waiting and ends, if that is possible within a few seconds. */
	void close() {
		this.closed = true;
		try {
			this.thread.join(CLOSE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A line that waits.
	 *
	 * @param text as it will stand in the log
	 * @param at when it happened
	 * @param droppedBefore how many were dropped until then
	 */
	private record Line(String text, Instant at, long droppedBefore) {

	}

}
