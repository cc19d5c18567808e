package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.BatchWriter;
import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.SchedulingConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The {@code jti} of what is good once: what clients sign to log in (RFC 7523) and proofs
 * of possession (RFC 9449). In the database, so that none is used twice, on whichever
 * node and after a restart. A row goes when what it names could not be used anyway.
 */
@Component
public class UsedIds implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(UsedIds.class);

	private static final String INSERT = "INSERT INTO client_assertions (id_hash, expires_at) VALUES (?, ?)";

	/** A person does not notice. */
	private static final Duration GATHER = Duration.ofMillis(5);

	/** Of a column of 43 characters, the last ones: 210 bits. */
	private static final int HASH_PART = 35;

	private final JdbcTemplate jdbc;

	private final TransactionOperations transactions;

	private final Clock clock;

	private final Map<String, Pending> pending = new ConcurrentHashMap<>();

	private final BatchWriter<String, Pending> writer = new BatchWriter<>("used-ids", GATHER,
			new FailureLog(logger, "Used ids could not be written down"), this::write, this::lost);

	UsedIds(JdbcTemplate jdbc, TransactionOperations transactions, Clock clock) {
		this.jdbc = jdbc;
		this.transactions = transactions;
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
		return insert(Secret.hash(signer + " " + id), expiresAt);
	}

	private boolean insert(String key, Instant expiresAt) {
		try {
			this.jdbc.update(INSERT, key, expiresAt.toEpochMilli());
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/**
	 * The same for many who come at once: those of a few milliseconds share a
	 * transaction. Never blocks; answered on a thread that all wait for.
	 * @param issuedAt when it was signed, as it says itself: rows of one time stand side
	 * by side, and a transaction writes few pages
	 */
	public CompletionStage<Use> useSoon(String signer, String id, Instant issuedAt, Instant expiresAt) {
		String key = HexFormat.of().toHexDigits((int) issuedAt.getEpochSecond())
				+ Secret.hash(signer + " " + id).substring(0, HASH_PART);
		Pending use = new Pending(expiresAt, new CompletableFuture<>());
		if (this.pending.putIfAbsent(key, use) != null) {
			return CompletableFuture.completedFuture(Use.REPEATED);
		}
		if (!this.writer.add(key, use)) {
			this.pending.remove(key);
			return CompletableFuture.completedFuture(Use.REFUSED);
		}
		return use.answer();
	}

	/** In the order of the keys, so that no two nodes wait for each other. */
	private void write(Map<String, Pending> batch) {
		Map<String, Pending> sorted = new TreeMap<>(batch);
		try {
			List<Object[]> rows = new ArrayList<>();
			sorted.forEach((key, use) -> rows.add(new Object[] { key, use.expiresAt().toEpochMilli() }));
			this.transactions.executeWithoutResult((status) -> this.jdbc.batchUpdate(INSERT, rows));
			sorted.forEach((key, use) -> answer(key, use, Use.FIRST));
		}
		catch (DuplicateKeyException ex) {
			// One of them was used before, and nothing says which.
			sorted.forEach(this::writeAlone);
		}
		catch (DataAccessException | TransactionException ex) {
			FatalErrors.endIfFatal(ex);
			lost(batch);
		}
	}

	private void writeAlone(String key, Pending use) {
		try {
			answer(key, use, insert(key, use.expiresAt()) ? Use.FIRST : Use.REPEATED);
		}
		catch (DataAccessException ex) {
			FatalErrors.endIfFatal(ex);
			answer(key, use, Use.FAILED);
		}
	}

	private void lost(Map<String, Pending> batch) {
		batch.forEach((key, use) -> answer(key, use, Use.FAILED));
	}

	/** Once it is in the database, or else a second use would not be seen. */
	private void answer(String key, Pending use, Use answer) {
		this.pending.remove(key, use);
		use.answer().complete(answer);
	}

	@Override
	public void destroy() {
		this.writer.close();
	}

	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		this.jdbc.update("DELETE FROM client_assertions WHERE expires_at <= ?", this.clock.millis());
	}

	/** What became of a use. */
	public enum Use {

		/** It is good. */
		FIRST,

		/** It was used before. */
		REPEATED,

		/** Too many wait. */
		REFUSED,

		/** The database did not take it. */
		FAILED

	}

	/**
	 * A use that is being written down.
	 *
	 * @param expiresAt from when on it could not be used anyway
	 * @param answer what becomes of it
	 */
	private record Pending(Instant expiresAt, CompletableFuture<Use> answer) {

	}

}
