package dev.usher.token;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.SchedulingConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The {@code jti} of what is good once: what clients sign to log in (RFC 7523) and proofs
 * of possession (RFC 9449). In the database, so that none is used twice, on whichever
 * node and after a restart. A row goes when what it names could not be used anyway.
 */
@Component
public class UsedIds {

	private static final Logger logger = LoggerFactory.getLogger(UsedIds.class);

	private final JdbcClient jdbc;

	private final Clock clock;

	UsedIds(JdbcClient jdbc, Clock clock) {
		this.jdbc = jdbc;
		this.clock = clock;
	}

	/**
	 * Notes that something was used. Blocks for the database. Not to be called within a
	 * transaction, which a second use would spoil.
	 * @param signer who signed it, so that no two signers share an id
	 * @param id its {@code jti}
	 * @param expiresAt from when on it could not be used anyway
	 * @return whether this is the first time
	 */
	public boolean use(String signer, String id, Instant expiresAt) {
		try {
			this.jdbc.sql("INSERT INTO client_assertions (id_hash, expires_at) VALUES (?, ?)")
				.param(Secret.hash(signer + " " + id))
				.param(expiresAt.toEpochMilli())
				.update();
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		try {
			this.jdbc.sql("DELETE FROM client_assertions WHERE expires_at <= ?").param(this.clock.millis()).update();
		}
		catch (DataAccessException ex) {
			logger.warn("Used ids could not be swept and are tried again: {}", ex.getMessage());
		}
	}

}
