package dev.usher.inbox.store;

import java.time.Clock;
import java.util.List;

/**
 * Removes logs that are empty and have no reader, so that names somebody once made up do
 * not count for ever. Works on a few rows at a time, in the order of their numbers: there
 * may be millions. Each node marks the logs it reads as in use before they are old enough
 * to be removed.
 */
final class LogSweeper {

	private static final int RANGE = 2000;

	/** Ranges of one sweep. */
	private static final int RANGES = 5;

	/** Of the time after which an unused log is removed. */
	private static final int NOTED_EVERY = 8;

	private final InboxDatabase database;

	private final LogStore logs;

	private final LiveLogs live;

	private final Clock clock;

	private long next;

	private long notedAt;

	LogSweeper(InboxDatabase database, LogStore logs, LiveLogs live, Clock clock) {
		this.database = database;
		this.logs = logs;
		this.live = live;
		this.clock = clock;
		this.notedAt = clock.millis();
	}

	/** Notes what is in use, then removes some of what is not. */
	void sweep() {
		long now = this.clock.millis();
		if (now - this.notedAt > this.logs.unusedAfter().toMillis() / NOTED_EVERY) {
			this.logs.touch(this.live.addresses());
			this.notedAt = now;
		}
		long last = this.database.sql().sql("SELECT COALESCE(MAX(id), 0) FROM inbox_logs").query(Long.class).single();
		for (int i = 0; i < RANGES; i++) {
			noteOwners(this.next, this.next + RANGE);
			sweep(this.next, this.next + RANGE, now - this.logs.unusedAfter().toMillis());
			this.next = (this.next + RANGE > last) ? 0 : this.next + RANGE;
			if (this.next == 0) {
				return;
			}
		}
	}

	/** A node of the release before this one makes a log without noting whose it is. */
	private void noteOwners(long after, long through) {
		this.database.transaction((locked) -> this.database.sql().sql("""
				INSERT INTO inbox_log_owners (log_id, owner)
				SELECT id, owner FROM inbox_logs l WHERE id > ? AND id <= ?
				  AND NOT EXISTS (SELECT 1 FROM inbox_log_owners o WHERE o.log_id = l.id)
				""").params(after, through).update());
	}

	private void sweep(long after, long through, long unusedSince) {
		List<LogHead> empty = this.database.sql().sql("""
				SELECT id, address, epoch, head FROM inbox_logs l
				WHERE id > ? AND id <= ? AND used_at <= ?
				  AND NOT EXISTS (SELECT 1 FROM inbox_messages m WHERE m.log_id = l.id)
				  AND NOT EXISTS (SELECT 1 FROM inbox_readers r WHERE r.log_id = l.id AND r.name <> '')
				""").params(after, through, unusedSince).query(LogStore::head).list();
		for (LogHead log : empty) {
			if (this.live.find(log.address()) == null && remove(log, unusedSince)) {
				this.logs.forget(List.of(log.address()));
			}
		}
	}

	/**
	 * The row first, and only where nobody has used it since: whoever appends or reads
	 * moves the time.
	 */
	private boolean remove(LogHead log, long unusedSince) {
		return this.database.transaction((locked) -> {
			int removed = this.database.sql()
				.sql("DELETE FROM inbox_logs WHERE id = ? AND used_at <= ?")
				.params(log.id(), unusedSince)
				.update();
			if (removed == 1) {
				this.logs.removeRest(log);
			}
			return removed == 1;
		});
	}

}
