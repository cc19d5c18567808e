package dev.usher.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads the rows of polled tables so that none is missed, in whatever order their
 * transactions commit. The cursor is the lowest transaction that was under way in the
 * snapshot of the reading before: what that reading did not see was written by it or a
 * later one. A cursor over ids would miss the row of a transaction that commits after one
 * with a higher id.
 * <p>
 * Rows at the cursor or above it are read again each time; those that took effect at the
 * last reading are left out. Used by one thread at a time.
 */
final class ChangeReader {

	/** Lower than the number of any transaction. */
	private static final String BEGINNING = "0";

	private final JdbcClient jdbc;

	private final TransactionTemplate snapshot;

	private final Map<PolledTable<?>, Set<Long>> applied = new HashMap<>();

	private String cursor;

	private String server;

	/**
	 * Begins now: whoever reads a table after this, and polls, misses nothing.
	 */
	ChangeReader(DataSource database) {
		this.jdbc = JdbcClient.create(database);
		this.snapshot = new TransactionTemplate(new JdbcTransactionManager(database));
		this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		this.snapshot.setReadOnly(true);
		Position now = position();
		this.cursor = now.lowestRunning();
		this.server = now.server();
	}

	/**
	 * Reads what is new and lets it take effect. If something fails, the next call reads
	 * it again.
	 */
	void poll(List<PolledTable<?>> tables) {
		Reading reading = Objects.requireNonNull(this.snapshot.execute((status) -> read(tables)));
		if (!reading.position().server().equals(this.server)) {
			// Its ids are given again as well.
			this.applied.clear();
		}
		RuntimeException failure = null;
		for (TableRows<?> batch : reading.batches()) {
			try {
				apply(batch);
			}
			catch (RuntimeException ex) {
				// One table must not keep another's rows from taking effect.
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
		this.cursor = reading.position().lowestRunning();
		this.server = reading.position().server();
	}

	private Reading read(List<PolledTable<?>> tables) {
		Position position = position();
		// A standby that has taken over, or a backup, may give numbers again.
		String from = position.server().equals(this.server) ? this.cursor : BEGINNING;
		List<TableRows<?>> batches = new ArrayList<>(tables.size());
		tables.forEach((table) -> batches.add(read(table, from)));
		return new Reading(position, batches);
	}

	private Position position() {
		return this.jdbc
			.sql("SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT), "
					+ "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) AS TEXT)")
			.query((row, number) -> new Position(row.getString(1), row.getString(2)))
			.single();
	}

	private <T> TableRows<T> read(PolledTable<T> table, String from) {
		List<Long> ids = new ArrayList<>();
		List<@Nullable T> rows = new ArrayList<>();
		this.jdbc.sql("SELECT id, " + table.columns() + " FROM " + table.name() + " WHERE xid >= CAST(? AS xid8)")
			.param(from)
			.query((row) -> {
				ids.add(row.getLong("id"));
				rows.add(table.read(row));
			});
		return new TableRows<>(table, ids, rows);
	}

	private <T> void apply(TableRows<T> batch) {
		Set<Long> before = this.applied.getOrDefault(batch.table(), Set.of());
		List<T> fresh = new ArrayList<>();
		for (int i = 0; i < batch.rows().size(); i++) {
			T row = batch.rows().get(i);
			if (row != null && !before.contains(batch.ids().get(i))) {
				fresh.add(row);
			}
		}
		if (!fresh.isEmpty()) {
			batch.table().apply(fresh);
		}
		this.applied.put(batch.table(), new HashSet<>(batch.ids()));
	}

	/**
	 * Where a reading stands.
	 *
	 * @param lowestRunning the lowest transaction that is under way
	 * @param server what tells the server from another, and from itself before a restart
	 */
	private record Position(String lowestRunning, String server) {

	}

	private record Reading(Position position, List<TableRows<?>> batches) {

	}

	private record TableRows<T>(PolledTable<T> table, List<Long> ids, List<@Nullable T> rows) {

	}

}
