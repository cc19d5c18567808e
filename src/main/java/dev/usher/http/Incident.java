package dev.usher.http;

import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something nobody foresaw. The log has all of it under the name the client has.
 */
final class Incident {

	private static final Logger logger = LoggerFactory.getLogger(Incident.class);

	/**
	 * Stack traces in ten seconds. What a client can cause once it can cause by the
	 * thousand, and the disk would be full of it.
	 */
	private static final int TRACES = 10;

	private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

	private static long since = System.nanoTime();

	private static int traces;

	private Incident() {
	}

	static RefusedException log(Throwable cause) {
		RefusedException refusal = new RefusedException(Reason.INTERNAL_ERROR);
		String id = refusal.incident().orElse("");
		if (isTraced(System.nanoTime())) {
			logger.error("Internal error {}", id, cause);
		}
		else {
			logger.error("Internal error {}: {}, as those before it", id, cause.getClass().getName());
		}
		return refusal;
	}

	private static synchronized boolean isTraced(long now) {
		if (now - since >= PERIOD) {
			since = now;
			traces = 0;
		}
		return traces++ < TRACES;
	}

}
