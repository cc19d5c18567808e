package dev.usher.inbox.store;

import java.util.List;

import dev.usher.protocol.Destination;

/**
 * Removes all that is stored for a user.
 */
final class OwnerRemoval {

	private final InboxDatabase database;

	private final LogStore logs;

	private final LiveLogs live;

	OwnerRemoval(InboxDatabase database, LogStore logs, LiveLogs live) {
		this.database = database;
		this.logs = logs;
		this.live = live;
	}

	void remove(String username) {
		List<LogHead> owned = this.logs.ownedBy(Destination.encode(username));
		for (LogHead log : owned) {
			removeLog(log);
			this.logs.forget(List.of(log.address()));
			this.live.removed(log.id(), log.address());
		}
	}

	/** A log at a time, its row first: from then on nobody finds or fills it. */
	private void removeLog(LogHead log) {
		this.database.transaction((locked) -> {
			delete("DELETE FROM inbox_logs WHERE id = ?", log);
			this.logs.removeRest(log);
			return delete("DELETE FROM inbox_messages WHERE log_id = ?", log);
		});
	}

	private int delete(String sql, LogHead log) {
		return this.database.sql().sql(sql).param(log.id()).update();
	}

}
