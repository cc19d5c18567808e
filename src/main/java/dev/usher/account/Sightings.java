package dev.usher.account;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.usher.thread.BatchWriter;
import dev.usher.thread.FailureLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Writes down who came without an account here. A crash loses half a second of it; those
 * users are written down when they come again. Any thread may call.
 */
@Component
class Sightings implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(Sightings.class);

	private final ForeignUsers foreign;

	private final Clock clock;

	private final BatchWriter<String, Sighting> writer = new BatchWriter<>("usher-sightings", Duration.ofMillis(500),
			new FailureLog(logger, "Who came could not be written down"), this::write, Sightings::lost);

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
		return this.writer.add(name, new Sighting(issuer, lost));
	}

	private void write(Map<String, Sighting> batch) {
		Map<String, String> issuers = new HashMap<>();
		batch.forEach((name, sighting) -> issuers.put(name, sighting.issuer()));
		try {
			this.foreign.seen(issuers, this.clock.instant());
		}
		catch (DataAccessException | TransactionException ex) {
			// Whoever needs the database says so.
			logger.debug("The database did not take who came", ex);
			lost(batch);
		}
	}

	private static void lost(Map<String, Sighting> batch) {
		batch.values().forEach((sighting) -> sighting.lost().run());
	}

	/** Writes what still waits. */
	@Override
	public void destroy() {
		this.writer.close();
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
