package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Writes down when sessions were last in use, on one thread of its own. Those used within
 * half a second are one transaction. What is lost when the database cannot keep up, or in
 * a crash, is a minute's precision of a time shown to users.
 */
@Component
class SeenRecorder implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(SeenRecorder.class);

	private static final Duration PRECISION = Duration.ofMinutes(1);

	/** A few MiB when full; a session forgotten here is merely written again. */
	private static final int MAX_REMEMBERED = 100_000;

	/** Sessions of one transaction: as long as it lasts, none of them can be ended. */
	private static final int BATCH = 500;

	private static final int MAX_WAITING = 20_000;

	private static final Duration GATHER = Duration.ofMillis(500);

	private static final int CLOSE_SECONDS = 5;

	private final SessionTable table;

	private final Clock clock;

	private final Cache<String, Instant> recent = Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

	private final FailureLog failures = new FailureLog(logger, "When sessions were in use could not be written down");

	private final ScheduledThread writer = new ScheduledThread("session-seen", this.failures);

	private final Map<String, Instant> waiting = new LinkedHashMap<>();

	SeenRecorder(SessionTable table, Clock clock) {
		this.table = table;
		this.clock = clock;
	}

	/** Notes that a session is in use now. Never blocks; any thread may call. */
	void seen(String sessionId) {
		Instant now = this.clock.instant();
		Instant last = this.recent.getIfPresent(sessionId);
		if (last != null && now.isBefore(last.plus(PRECISION))) {
			return;
		}
		this.recent.put(sessionId, now);
		if (!add(sessionId, now)) {
			this.recent.invalidate(sessionId);
		}
	}

	private boolean add(String sessionId, Instant at) {
		synchronized (this.waiting) {
			if (this.waiting.size() >= MAX_WAITING || (this.waiting.isEmpty() && !schedule())) {
				return false;
			}
			this.waiting.put(sessionId, at);
			return true;
		}
	}

	private boolean schedule() {
		try {
			this.writer.schedule(this::writeAll, GATHER.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void writeAll() {
		for (Map<String, Instant> batch = take(); !batch.isEmpty(); batch = take()) {
			write(batch);
		}
	}

	private void write(Map<String, Instant> batch) {
		try {
			this.table.seen(batch);
		}
		catch (Throwable ex) {
			// Whatever it is: the rest waits for this thread, and nobody schedules it
			// again.
			this.failures.note(ex);
			this.recent.invalidateAll(batch.keySet());
		}
	}

	private Map<String, Instant> take() {
		Map<String, Instant> taken = new LinkedHashMap<>();
		synchronized (this.waiting) {
			Iterator<Map.Entry<String, Instant>> entries = this.waiting.entrySet().iterator();
			while (entries.hasNext() && taken.size() < BATCH) {
				Map.Entry<String, Instant> entry = entries.next();
				taken.put(entry.getKey(), entry.getValue());
				entries.remove();
			}
		}
		return taken;
	}

	/** Writes what still waits. */
	@Override
	public void destroy() throws InterruptedException {
		this.writer.shutdownNow();
		if (this.writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
			writeAll();
		}
	}

}
