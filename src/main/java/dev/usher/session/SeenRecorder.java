package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.thread.BatchWriter;
import dev.usher.thread.FailureLog;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Writes down when sessions were last in use. What is lost when the database cannot keep
 * up, or in a crash, is a minute's precision of a time shown to users.
 */
@Component
class SeenRecorder implements DisposableBean {

	private static final Duration PRECISION = Duration.ofMinutes(1);

	/** A few MiB when full; a session forgotten here is merely written again. */
	private static final int MAX_REMEMBERED = 100_000;

	private final Clock clock;

	private final Cache<String, Instant> recent = Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

	private final BatchWriter<String, Instant> writer;

	SeenRecorder(SessionTable table, Clock clock) {
		this.clock = clock;
		this.writer = new BatchWriter<>("session-seen", Duration.ofMillis(500),
				new FailureLog(LoggerFactory.getLogger(SeenRecorder.class),
						"When sessions were in use could not be written down"),
				table::seen, (batch) -> this.recent.invalidateAll(batch.keySet()));
	}

	/** Notes that a session is in use now. Never blocks; any thread may call. */
	void seen(String sessionId) {
		Instant now = this.clock.instant();
		Instant last = this.recent.getIfPresent(sessionId);
		if (last != null && now.isBefore(last.plus(PRECISION))) {
			return;
		}
		this.recent.put(sessionId, now);
		if (!this.writer.add(sessionId, now)) {
			this.recent.invalidate(sessionId);
		}
	}

	/** Writes what still waits. */
	@Override
	public void destroy() {
		this.writer.close();
	}

}
