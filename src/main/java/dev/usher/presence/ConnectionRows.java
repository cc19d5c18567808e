package dev.usher.presence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.usher.presence.Presence.Limit;
import dev.usher.presence.Presence.Place;
import dev.usher.presence.Presence.PlaceFilter;
import dev.usher.presence.Presence.PlaceRange;
import dev.usher.presence.RowBatch.Outcome;
import dev.usher.presence.RowBatch.Replaced;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.Assert;

/**
 * The table {@code connections}, on PostgreSQL. A node writes the rows of its own
 * connections, and marks those of others that have to go.
 */
final class ConnectionRows {

	/** Any number: it keeps our locks apart from others' in the same database. */
	private static final int LOCKS = 0x75736872;

	/**
	 * Users share so many locks: the server has room for some thousands at once, of all
	 * nodes together.
	 */
	private static final int BUCKETS = 1024;

	private static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

	/**
	 * In the order of Java, whatever the language of the database. The indexes of lists
	 * serve comparisons of this kind alone.
	 */
	private static final String NODE = "node COLLATE \"C\"";

	private static final String PLACE = NODE + ", id COLLATE \"C\"";

	private static final String INSERT = "INSERT INTO connections (node, id, username, session_id, since) ";

	/**
	 * The row of a connection is worth no flush to disk: its node mends what is lost. A
	 * node that freezes within its transaction keeps others waiting for five seconds, and
	 * none of them for longer than it can bear.
	 */
	private static final String SETTINGS = """
			SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', ?, true),
				set_config('idle_in_transaction_session_timeout', '5s', true)
			""";

	private static final String KEEP = INSERT + """
			SELECT ?, t.id, t.username, t.session_id, %s - t.age
			FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[]) AS t (id, username, session_id, age)
			ON CONFLICT (node, id) DO UPDATE SET session_id = EXCLUDED.session_id
			WHERE connections.session_id IS DISTINCT FROM EXCLUDED.session_id
			""".formatted(NOW);

	/** As many of each user as there is room for; the others come later or not at all. */
	private static final String ADMIT = INSERT + """
			SELECT ?, t.id, t.username, t.session_id, %s + t.n
			FROM (SELECT c.*, row_number() OVER (PARTITION BY c.username ORDER BY c.n) AS nth
			  FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS c (id, username, session_id, n)) t
			WHERE t.nth + (SELECT count(*) FROM connections o WHERE o.username = t.username AND NOT o.replaced) <= ?
			ON CONFLICT (node, id) DO NOTHING
			RETURNING id
			""".formatted(NOW);

	/** A row that is locked is being removed by its own node, and nobody waits for it. */
	private static final String REPLACE = """
			WITH ordered AS (
			  SELECT node, id, row_number() OVER (PARTITION BY username ORDER BY since DESC, id) AS nth
			  FROM connections WHERE username = ANY (?) AND NOT replaced),
			oldest AS (
			  SELECT c.node, c.id FROM connections c JOIN ordered o ON o.node = c.node AND o.id = c.id
			  WHERE o.nth > ? FOR UPDATE OF c SKIP LOCKED)
			UPDATE connections c SET replaced = TRUE FROM oldest o WHERE c.node = o.node AND c.id = o.id
			RETURNING c.node, c.id, c.username
			""";

	private final JdbcTemplate template;

	private final TransactionTemplate transactions;

	private final String self;

	private final Patience patience;

	/**
	 * @param self the incarnation of this node
	 */
	ConnectionRows(JdbcTemplate template, String self, Patience patience) {
		DataSource dataSource = template.getDataSource();
		Assert.state(dataSource != null, "A data source is needed");
		this.template = template;
		this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		this.self = self;
		this.patience = patience;
	}

	/**
	 * Writes a batch, all of it or nothing. Locks the users of those that come first of
	 * all, then touches rows of its own, and marks others' last without waiting for any:
	 * so no two nodes wait for each other.
	 */
	Outcome write(RowBatch batch, Limit limit) {
		return transaction(() -> {
			lock(batch.coming());
			if (!batch.gone().isEmpty()) {
				this.template.update("DELETE FROM connections WHERE node = ? AND id = ANY (?)", this.self,
						texts(batch.gone()));
			}
			if (!batch.known().isEmpty()) {
				keep(batch.known());
			}
			List<HeldPlace> coming = batch.coming();
			return (coming.isEmpty()) ? new Outcome(Set.of(), List.of())
					: new Outcome(admit(coming, limit), replaceOldest(coming, limit));
		});
	}

	private void lock(List<HeldPlace> coming) {
		int[] buckets = coming.stream()
			.mapToInt((held) -> Math.floorMod(held.username().hashCode(), BUCKETS))
			.sorted()
			.distinct()
			.toArray();
		if (buckets.length > 0) {
			this.template.query("SELECT pg_advisory_xact_lock(?, k) FROM unnest(?::int[]) AS k", (row) -> {
			}, LOCKS, buckets);
		}
	}

	private void keep(List<HeldPlace> known) {
		long now = System.nanoTime();
		long[] ages = known.stream().mapToLong((held) -> Math.max(0, now - held.since()) / 1000).toArray();
		this.template.update(KEEP, this.self, ids(known), usernames(known), sessionIds(known), ages);
	}

	private Set<String> admit(List<HeldPlace> coming, Limit limit) {
		int most = (limit.replacesOldest()) ? Integer.MAX_VALUE : limit.perUser();
		return Set.copyOf(this.template.queryForList(ADMIT, String.class, this.self, ids(coming), usernames(coming),
				sessionIds(coming), most));
	}

	private List<Replaced> replaceOldest(List<HeldPlace> coming, Limit limit) {
		if (!limit.replacesOldest()) {
			return List.of();
		}
		return this.template.query(REPLACE,
				(row, number) -> new Replaced(row.getString("node"), row.getString("id"), row.getString("username")),
				usernames(coming), limit.perUser());
	}

	/** The rows of this node: the sessions by the ids of the connections. */
	Map<String, @Nullable String> own() {
		return transaction(() -> {
			Map<String, @Nullable String> rows = new HashMap<>();
			this.template.query("SELECT id, session_id FROM connections WHERE node = ?", (row) -> {
				rows.put(row.getString("id"), row.getString("session_id"));
			}, this.self);
			return rows;
		});
	}

	/** The connections of this node that have to go. */
	List<Replaced> replaced() {
		return transaction(
				() -> this.template.query("SELECT id, username, ended FROM connections WHERE node = ? AND replaced",
						(row, number) -> new Replaced(this.self, row.getString("id"), row.getString("username"),
								row.getBoolean("ended")),
						this.self));
	}

	/** Connections of other nodes, each page out of an index. */
	List<Place> list(PlaceFilter filter, PlaceRange range, int limit) {
		StringBuilder where = new StringBuilder("NOT replaced");
		List<Object> arguments = new ArrayList<>();
		add(where, arguments, " AND " + NODE + " = ?", filter.node());
		add(where, arguments, " AND username = ?", filter.username());
		add(where, arguments, " AND session_id = ?", filter.sessionId());
		add(where, arguments, (range.afterId() != null) ? " AND (" + PLACE + ") > (?, " : " AND " + NODE + " > ?",
				range.afterNode());
		add(where, arguments, "?)", range.afterId());
		add(where, arguments, " AND " + NODE + " < ?", range.beforeNode());
		arguments.add(limit);
		return transaction(() -> this.template.query("SELECT node, id, username, session_id, since FROM connections "
				+ "WHERE " + where + " ORDER BY " + PLACE + " LIMIT ?", ConnectionRows::place, arguments.toArray()));
	}

	private static void add(StringBuilder where, List<Object> arguments, String condition, @Nullable String value) {
		if (value != null) {
			where.append(condition);
			arguments.add(value);
		}
	}

	private static Place place(ResultSet row, int number) throws SQLException {
		long micros = row.getLong("since");
		return new Place(row.getString("node"), row.getString("id"), row.getString("username"),
				row.getString("session_id"), Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
	}

	/**
	 * Marks a connection of another node as ended by an operator; its place is free.
	 * @param nodes where it may be
	 */
	List<Replaced> end(String id, Collection<String> nodes) {
		return transaction(() -> this.template.query("""
				UPDATE connections SET replaced = TRUE, ended = TRUE WHERE node = ANY (?) AND id = ? AND node <> ?
				RETURNING node, id, username
				""", (row, number) -> new Replaced(row.getString(1), row.getString(2), row.getString(3), true),
				texts(nodes), id, this.self));
	}

	/** How many connections sessions have on other nodes. */
	Map<String, Integer> elsewhere(Collection<String> sessionIds) {
		Map<String, Integer> counts = new HashMap<>();
		this.template.query("""
				SELECT session_id, count(*) AS connections FROM connections
				WHERE session_id = ANY (?) AND node <> ? GROUP BY session_id
				""", (row) -> {
			counts.put(row.getString("session_id"), row.getInt("connections"));
		}, texts(sessionIds), this.self);
		return counts;
	}

	void removeAllOf(String node) {
		this.template.update("DELETE FROM connections WHERE node = ?", node);
	}

	void removeAllBut(Collection<String> nodes) {
		this.template.update("DELETE FROM connections WHERE NOT (node = ANY (?))", (Object) texts(nodes));
	}

	private <T> T transaction(Supplier<T> work) {
		T result = this.transactions.execute((status) -> {
			this.template.execute((ConnectionCallback<Void>) this::limit);
			this.template.query(SETTINGS, (row) -> {
			}, this.patience.lock().toMillis() + "ms");
			return work.get();
		});
		Assert.state(result != null, "Work has a result");
		return result;
	}

	@SuppressWarnings("NullAway")
	private Void limit(Connection connection) throws SQLException {
		// The pool takes it back when the connection returns.
		connection.setNetworkTimeout(Runnable::run, (int) this.patience.statement().toMillis());
		return null;
	}

	private static String[] ids(List<HeldPlace> some) {
		return some.stream().map(HeldPlace::id).toArray(String[]::new);
	}

	private static String[] usernames(List<HeldPlace> some) {
		return some.stream().map(HeldPlace::username).toArray(String[]::new);
	}

	private static @Nullable String[] sessionIds(List<HeldPlace> some) {
		return some.stream().map(HeldPlace::sessionId).toArray(String[]::new);
	}

	private static String[] texts(Collection<String> some) {
		return some.toArray(String[]::new);
	}

}
