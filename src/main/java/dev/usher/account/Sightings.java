package dev.usher.account;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Writes down who came without an account here, on one thread of its own. Those who come
 * within half a second are one transaction: a write for each made a connect cost twice as
 * much. A crash loses that half second; those users are written down when they come
 * again. Any thread may call.
 */
@Component
class Sightings implements DisposableBean {

	/** Names of one transaction. */
	private static final int BATCH = 500;

	/** How many names may wait; further ones are dropped. */
	private static final int MAX_WAITING = 20_000;

	private static final Duration GATHER = Duration.ofMillis(500);

	private static final int CLOSE_SECONDS = 5;

	private static final Logger logger = LoggerFactory.getLogger(Sightings.class);

	private final ForeignUsers foreign;

	private final Clock clock;

	private final FailureLog failures = new FailureLog(logger, "Who came could not be written down");

	private final ScheduledThread writer = new ScheduledThread("usher-sightings", this.failures);

	private final Map<String, Sighting> waiting = new LinkedHashMap<>();

	Sightings(ForeignUsers foreign, Clock clock) {
		this.foreign = foreign;
		this.clock = clock;
	}

	/**
	 * Writes down that a user came, within a second.
	 * @param lost what to do if it could not be written; called by the writer's thread
	 * @return false where too many wait
	 */
	boolean add(String name, String issuer, Runnable lost) {
		synchronized (this.waiting) {
			if (this.waiting.size() >= MAX_WAITING) {
				return false;
			}
			boolean first = this.waiting.isEmpty();
			if (first && !schedule()) {
				return false;
			}
			this.waiting.put(name, new Sighting(issuer, lost));
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
		Map<String, Sighting> batch = take();
		while (!batch.isEmpty()) {
			write(batch);
			batch = take();
		}
	}

	private void write(Map<String, Sighting> batch) {
		Map<String, String> issuers = new HashMap<>();
		batch.forEach((name, sighting) -> issuers.put(name, sighting.issuer()));
		try {
			this.foreign.seen(issuers, this.clock.instant());
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("The database did not take who came", ex);
			batch.values().forEach((sighting) -> sighting.lost().run());
		}
		catch (Throwable ex) {
			this.failures.note(ex);
			batch.values().forEach((sighting) -> sighting.lost().run());
		}
	}

	private Map<String, Sighting> take() {
		Map<String, Sighting> taken = new LinkedHashMap<>();
		synchronized (this.waiting) {
			Iterator<Map.Entry<String, Sighting>> entries = this.waiting.entrySet().iterator();
			while (entries.hasNext() && taken.size() < BATCH) {
				Map.Entry<String, Sighting> entry = entries.next();
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

	/**
	 * Somebody came.
	 *
	 * @param issuer who vouches for them
	 * @param lost what to do if it could not be written
	 */
	private record Sighting(String issuer, Runnable lost) {

	}

}
