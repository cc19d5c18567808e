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
 * last reading are left out. Many rows are read in pages, each in a snapshot of its own:
 * the cursor is that of the first page, so what the others do not see is not missed. Each
 * table has its own cursor. Used by one thread at a time.
 */
final class ChangeReader {

	/** Lower than the number of any transaction. */
	private static final String BEGINNING = "0";

	/** After a restart of the database a table is read as a whole. */
	static final int PAGE = 5_000;

	private final JdbcClient jdbc;

	private final TransactionTemplate snapshot;

	private final Map<PolledTable<?>, Place> places = new HashMap<>();

	private final Place beginning;

	/**
	 * Begins now: whoever reads a table after this, and polls, misses nothing.
	 */
	ChangeReader(DataSource database) {
		this.jdbc = JdbcClient.create(database);
		this.snapshot = new TransactionTemplate(new JdbcTransactionManager(database));
		this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		this.snapshot.setReadOnly(true);
		this.beginning = new Place(position(), Set.of());
	}

	/**
	 * Reads what is new and lets it take effect. If something fails, the next call reads
	 * it again.
	 */
	void poll(List<PolledTable<?>> tables) {
		Reading reading = Objects.requireNonNull(this.snapshot.execute((status) -> read(tables)));
		RuntimeException failure = null;
		for (Page<?> first : reading.pages()) {
			try {
				takeIn(first, reading.position());
			}
			catch (RuntimeException ex) {
				// One table must not keep another's rows from taking effect.
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private Reading read(List<PolledTable<?>> tables) {
		Position position = position();
		List<Page<?>> pages = new ArrayList<>(tables.size());
		for (PolledTable<?> table : tables) {
			Position before = place(table).position();
			// A standby that has taken over, or a backup, may give numbers again.
			String from = position.isOfServer(before) ? before.lowestRunning() : BEGINNING;
			pages.add(read(table, from, 0, position));
		}
		return new Reading(position, pages);
	}

	private Place place(PolledTable<?> table) {
		return this.places.getOrDefault(table, this.beginning);
	}

	private <T> void takeIn(Page<T> first, Position position) {
		Place before = place(first.table());
		// Another server gives its ids again as well.
		Set<Long> applied = position.isOfServer(before.position()) ? before.applied() : Set.of();
		Set<Long> again = new HashSet<>();
		Page<T> page = first;
		apply(page, applied);
		again.addAll(page.again());
		while (page.ids().size() == PAGE) {
			page = next(page, position);
			apply(page, applied);
			again.addAll(page.again());
		}
		this.places.put(first.table(), new Place(position, again));
	}

	/**
	 * Where another server has taken over since the first page, what comes does no harm:
	 * the next reading finds that, and begins anew.
	 */
	private <T> Page<T> next(Page<T> page, Position position) {
		long last = page.ids().get(page.ids().size() - 1);
		return Objects.requireNonNull(
				this.snapshot.execute((status) -> read(page.table(), page.lastTransaction(), last, position)));
	}

	private Position position() {
		return this.jdbc
			.sql("SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT), "
					+ "CAST(EXTRACT(EPOCH FROM pg_postmaster_start_time()) AS TEXT)")
			.query((row, number) -> new Position(row.getString(1), row.getString(2)))
			.single();
	}

	/**
	 * Reads a page.
	 * @param from the lowest transaction
	 * @param after the id that the first row of that transaction follows
	 * @param position of the whole reading: rows above are read again at the next
	 */
	private <T> Page<T> read(PolledTable<T> table, String from, long after, Position position) {
		List<Long> ids = new ArrayList<>();
		List<Long> again = new ArrayList<>();
		List<@Nullable T> rows = new ArrayList<>();
		String[] last = { from };
		this.jdbc
			.sql("SELECT id, CAST(xid AS TEXT) AS written_by, xid >= CAST(:cursor AS xid8) AS comes_again, "
					+ table.columns() + " FROM " + table.name()
					+ " WHERE xid >= CAST(:from AS xid8) AND (xid, id) > (CAST(:from AS xid8), :after)"
					+ " ORDER BY xid, id LIMIT " + PAGE)
			.param("cursor", position.lowestRunning())
			.param("from", from)
			.param("after", after)
			.query((row) -> {
				ids.add(row.getLong("id"));
				last[0] = row.getString("written_by");
				if (row.getBoolean("comes_again")) {
					again.add(row.getLong("id"));
				}
				rows.add(table.read(row));
			});
		return new Page<>(table, ids, again, rows, last[0]);
	}

	private static <T> void apply(Page<T> page, Set<Long> before) {
		List<T> fresh = new ArrayList<>();
		for (int i = 0; i < page.rows().size(); i++) {
			T row = page.rows().get(i);
			if (row != null && !before.contains(page.ids().get(i))) {
				fresh.add(row);
			}
		}
		if (!fresh.isEmpty()) {
			page.table().apply(fresh);
		}
	}

	/**
	 * Where a reading stands.
	 *
	 * @param lowestRunning the lowest transaction that is under way
	 * @param server what tells the server from another, and from itself before a restart
	 */
	private record Position(String lowestRunning, String server) {

		boolean isOfServer(Position other) {
			return this.server.equals(other.server);
		}

	}

	/**
	 * Up to where a table has taken effect.
	 *
	 * @param position the cursor
	 * @param applied the ids of those rows that are read again
	 */
	private record Place(Position position, Set<Long> applied) {

	}

	private record Reading(Position position, List<Page<?>> pages) {

	}

	/**
	 * Rows of a table.
	 *
	 * @param again the ids of those that the next reading reads again
	 * @param lastTransaction which wrote the last row
	 */
	private record Page<T>(PolledTable<T> table, List<Long> ids, List<Long> again, List<@Nullable T> rows,
			String lastTransaction) {

	}

}
