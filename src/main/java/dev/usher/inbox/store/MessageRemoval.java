package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Removes messages from their logs. To be called in a transaction, which notes what is
 * gone before it removes it.
 */
final class MessageRemoval {

	private final InboxDatabase database;

	MessageRemoval(InboxDatabase database) {
		this.database = database;
	}

	/**
	 * Removes messages and gives their bytes back to their logs: of those only that were
	 * still there, as another node may sweep the same. In one order, so that two sweepers
	 * never wait for each other.
	 */
	void remove(List<Row> some) {
		List<Row> rows = some.stream()
			.sorted(Comparator.comparingLong(Row::log).thenComparingLong(Row::offset))
			.toList();
		int[] removed = this.database.batch("DELETE FROM inbox_messages WHERE log_id = ? AND log_offset = ?",
				rows.stream().map((row) -> new Object[] { row.log(), row.offset() }).toList());
		Map<Long, Long> freed = new TreeMap<>();
		for (int i = 0; i < removed.length; i++) {
			if (removed[i] == 1) {
				freed.merge(rows.get(i).log(), rows.get(i).size(), Long::sum);
			}
		}
		List<Object[]> logs = new ArrayList<>(freed.size());
		freed.forEach((log, bytes) -> logs.add(new Object[] { bytes, log }));
		this.database.batch("UPDATE inbox_logs SET bytes = bytes - ? WHERE id = ?", logs);
	}

	/**
	 * Notes in the same transaction what is gone, in the order of logs as appends lock
	 * them.
	 */
	void recordLoss(Map<Long, Long> lost) {
		List<Object[]> rows = new ArrayList<>(lost.size());
		lost.forEach((log, offset) -> rows.add(new Object[] { offset, log, offset }));
		this.database.batch("UPDATE inbox_logs SET lost = ? WHERE id = ? AND lost < ?", rows);
	}

	/** A message to be removed, and what it counts. */
	record Row(long log, long offset, long size) {

	}

}
