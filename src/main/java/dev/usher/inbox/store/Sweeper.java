package dev.usher.inbox.store;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.store.MessageRemoval.Row;
import dev.usher.inbox.store.MessageStore.Outcome;

/**
 * Removes what is no longer kept, a few rows to a transaction, so that a publisher never
 * waits longer for a lock than one small delete takes.
 */
final class Sweeper {

	private static final int BATCH = 500;

	private final InboxDatabase database;

	private final MessageRemoval removal;

	private final ReaderStore readers;

	private final PublisherBytes publishers;

	private final InboxProperties properties;

	private final Clock clock;

	/** The logs this node appended to that may hold too many. */
	private final Set<Long> overLimit = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/** Whether the logs are known that were over the limit before this node started. */
	private volatile boolean overLimitFound;

	Sweeper(InboxDatabase database, ReaderStore readers, PublisherBytes publishers, InboxProperties properties,
			Clock clock) {
		this.database = database;
		this.removal = new MessageRemoval(database);
		this.readers = readers;
		this.publishers = publishers;
		this.properties = properties;
		this.clock = clock;
	}

	/** Notes which logs have grown. */
	void committed(List<Outcome> outcomes) {
		int most = this.properties.keepCount();
		for (Outcome outcome : outcomes) {
			if (most > 0 && outcome.log().head() > most) {
				this.overLimit.add(outcome.log().id());
			}
		}
	}

	/** Finds the logs that were over the limit when this node, or another, went down. */
	private void findCrowded() {
		int most = this.properties.keepCount();
		if (most > 0 && !this.overLimitFound) {
			this.overLimit.addAll(this.database.sql()
				.sql("SELECT id FROM inbox_logs WHERE head - lost > ?")
				.param(most)
				.query(Long.class)
				.list());
		}
		this.overLimitFound = true;
	}

	/** Removes all that is due. */
	void sweep() {
		findCrowded();
		repeat(this::sweepExpired);
		for (Long log : Set.copyOf(this.overLimit)) {
			this.overLimit.remove(log);
			try {
				repeat(() -> sweepOverLimit(log));
			}
			catch (Throwable ex) {
				// It still is, and the next sweep must know.
				this.overLimit.add(log);
				throw ex;
			}
		}
		repeat(this::sweepIds);
		repeat(() -> this.publishers.sweep(BATCH));
		long unusedSince = this.clock.millis() - this.properties.readerExpiry().toMillis();
		repeat(() -> this.readers.sweep(unusedSince, BATCH));
	}

	/** Stops between two batches. */
	void close() {
		this.closed = true;
	}

	private void repeat(Step step) {
		int removed = BATCH;
		while (removed >= BATCH && !this.closed) {
			removed = step.remove();
		}
	}

	private int sweepExpired() {
		return this.database.transaction((locked) -> {
			Map<Long, Long> lost = new TreeMap<>();
			List<Row> rows = read(
					"SELECT log_id, log_offset, " + MessageSize.SQL
							+ " FROM inbox_messages WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
					this.clock.millis(), BATCH);
			rows.forEach((row) -> lost.merge(row.log(), row.offset(), Math::max));
			this.removal.recordLoss(lost);
			this.removal.remove(rows);
			return rows.size();
		});
	}

	/** Removes the oldest of a log that holds more than is kept. */
	private int sweepOverLimit(long log) {
		return this.database.transaction((locked) -> {
			long keepAfter = this.database.sql()
				.sql("SELECT head FROM inbox_logs WHERE id = ?")
				.param(log)
				.query(Long.class)
				.optional()
				.orElse(0L) - this.properties.keepCount();
			List<Row> rows = read(
					"SELECT log_id, log_offset, " + MessageSize.SQL
							+ " FROM inbox_messages WHERE log_id = ? AND log_offset <= ? ORDER BY log_offset LIMIT ?",
					log, keepAfter, BATCH);
			if (!rows.isEmpty()) {
				this.removal.recordLoss(Map.of(log, rows.get(rows.size() - 1).offset()));
				this.removal.remove(rows);
			}
			return rows.size();
		});
	}

	private List<Row> read(String sql, Object... params) {
		return this.database.sql()
			.sql(sql)
			.params(params)
			.query((row, number) -> new Row(row.getLong(1), row.getLong(2), row.getLong(3)))
			.list();
	}

	private int sweepIds() {
		return this.database.sql().sql("""
				DELETE FROM inbox_ids WHERE id_key IN (
				  SELECT id_key FROM inbox_ids WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
				""").params(this.clock.millis(), BATCH).update();
	}

	/** Removes some; answers how many. */
	@FunctionalInterface
	private interface Step {

		int remove();

	}

}
