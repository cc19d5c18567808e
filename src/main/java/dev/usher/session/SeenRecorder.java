package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.WorkerPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes down when sessions were last in use, on one thread of its own. What is lost when
 * that thread cannot keep up is a minute's precision of a time shown to users.
 */
@Component
class SeenRecorder implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(SeenRecorder.class);

	private static final Duration PRECISION = Duration.ofMinutes(1);

	/** A few MiB when full; a session forgotten here is merely written again. */
	private static final int MAX_REMEMBERED = 100_000;

	private static final int MAX_WAITING = 10_000;

	private static final int CLOSE_SECONDS = 5;

	private final SessionTable table;

	private final Clock clock;

	private final Cache<String, Instant> recent = Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

	private final WorkerPool writer = new WorkerPool("session-seen-", 1, new ArrayBlockingQueue<>(MAX_WAITING),
			Duration.ofMinutes(5));

	SeenRecorder(SessionTable table, Clock clock) {
		this.table = table;
		this.clock = clock;
	}

	void seen(String sessionId) {
		Instant now = this.clock.instant();
		Instant last = this.recent.getIfPresent(sessionId);
		if (last != null && now.isBefore(last.plus(PRECISION))) {
			return;
		}
		this.recent.put(sessionId, now);
		try {
			this.writer.execute(() -> write(sessionId, now));
		}
		catch (RejectedExecutionException ex) {
			this.recent.invalidate(sessionId);
		}
	}

	private void write(String sessionId, Instant at) {
		try {
			this.table.seen(sessionId, at);
		}
		catch (DataAccessException ex) {
			FatalErrors.endIfFatal(ex);
			this.recent.invalidate(sessionId);
			logger.warn("Could not write when a session was last in use: {}", ex.getMessage());
		}
	}

	@Override
	public void destroy() throws InterruptedException {
		this.writer.shutdown();
		if (!this.writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
			this.writer.shutdownNow();
		}
	}

}
