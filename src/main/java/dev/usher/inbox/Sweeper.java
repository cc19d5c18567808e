package dev.usher.inbox;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.inbox.MessageStore.Outcome;

/**
 * Removes what is no longer kept, a few rows to a transaction, so that a publisher never
 * waits longer for a lock than one small delete takes.
 */
final class Sweeper {

	private static final int BATCH = 500;

	private final Database database;

	private final ReaderStore readers;

	private final InboxProperties properties;

	private final Clock clock;

	/** The logs this node appended to that may hold too many. */
	private final Set<Long> crowded = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/** Whether the logs are known that were crowded before this node started. */
	private volatile boolean crowdedFound;

	Sweeper(Database database, ReaderStore readers, InboxProperties properties, Clock clock) {
		this.database = database;
		this.readers = readers;
		this.properties = properties;
		this.clock = clock;
	}

	/** Notes which logs have grown. */
	void committed(List<Outcome> outcomes) {
		int most = this.properties.keepCount();
		for (Outcome outcome : outcomes) {
			if (most > 0 && outcome.log().head() > most) {
				this.crowded.add(outcome.log().id());
			}
		}
	}

	/** Finds the logs that were crowded when this node, or another, went down. */
	private void findCrowded() {
		int most = this.properties.keepCount();
		if (most > 0 && !this.crowdedFound) {
			this.crowded.addAll(this.database.sql()
				.sql("SELECT id FROM inbox_logs WHERE head - lost > ?")
				.param(most)
				.query(Long.class)
				.list());
		}
		this.crowdedFound = true;
	}

	/** Removes all that is due. */
	void sweep() {
		findCrowded();
		repeat(this::sweepExpired);
		for (Long log : Set.copyOf(this.crowded)) {
			this.crowded.remove(log);
			try {
				repeat(() -> sweepCrowded(log));
			}
			catch (Throwable ex) {
				// It still is, and the next sweep must know.
				this.crowded.add(log);
				throw ex;
			}
		}
		repeat(this::sweepIds);
		long unusedSince = this.clock.millis() - this.properties.readerExpiry().toMillis();
		repeat(() -> this.readers.sweep(unusedSince, BATCH));
	}

	/** Stops between two batches. */
	void close() {
		this.closed = true;
	}

	private void repeat(Batch batch) {
		int removed = BATCH;
		while (removed >= BATCH && !this.closed) {
			removed = batch.remove();
		}
	}

	private int sweepExpired() {
		return this.database.transaction((locked) -> {
			Map<Long, Long> lost = new TreeMap<>();
			List<Object[]> rows = new ArrayList<>();
			this.database.sql().sql("""
					SELECT log_id, log_offset FROM inbox_messages WHERE expires_at <= ?
					ORDER BY expires_at LIMIT ?
					""").params(this.clock.millis(), BATCH).query((row) -> {
				lost.merge(row.getLong(1), row.getLong(2), Math::max);
				rows.add(new Object[] { row.getLong(1), row.getLong(2) });
			});
			lose(lost);
			this.database.batch("DELETE FROM inbox_messages WHERE log_id = ? AND log_offset = ?", rows);
			return rows.size();
		});
	}

	/** Removes the oldest of a log that holds more than is kept. */
	private int sweepCrowded(long log) {
		return this.database.transaction((locked) -> {
			long keepAfter = this.database.sql()
				.sql("SELECT head FROM inbox_logs WHERE id = ?")
				.param(log)
				.query(Long.class)
				.optional()
				.orElse(0L) - this.properties.keepCount();
			List<Long> offsets = this.database.sql().sql("""
					SELECT log_offset FROM inbox_messages WHERE log_id = ? AND log_offset <= ?
					ORDER BY log_offset LIMIT ?
					""").params(log, keepAfter, BATCH).query(Long.class).list();
			if (!offsets.isEmpty()) {
				long last = offsets.get(offsets.size() - 1);
				lose(Map.of(log, last));
				this.database.sql()
					.sql("DELETE FROM inbox_messages WHERE log_id = ? AND log_offset <= ?")
					.params(log, last)
					.update();
			}
			return offsets.size();
		});
	}

	/**
	 * Notes in the same transaction what is gone, in the order of logs as appends lock
	 * them.
	 */
	private void lose(Map<Long, Long> lost) {
		List<Object[]> rows = new ArrayList<>(lost.size());
		lost.forEach((log, offset) -> rows.add(new Object[] { offset, log, offset }));
		this.database.batch("UPDATE inbox_logs SET lost = ? WHERE id = ? AND lost < ?", rows);
	}

	private int sweepIds() {
		return this.database.sql().sql("""
				DELETE FROM inbox_ids WHERE id_key IN (
				  SELECT id_key FROM inbox_ids WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
				""").params(this.clock.millis(), BATCH).update();
	}

	/** Removes some; answers how many. */
	@FunctionalInterface
	private interface Batch {

		int remove();

	}

}
