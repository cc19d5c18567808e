package dev.usher.inbox.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.usher.inbox.LogDirectory;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of stored destinations, a page at a time, for those who look after them. */
final class StoredLogs implements LogDirectory {

	/** How many rows of messages are read at once, however large they are. */
	private static final int SLICE = 32;

	/** A page of messages ends early behind so many bytes. */
	private static final long PAGE_BYTES = 2 * 1024 * 1024;

	private static final String LOG = """
			SELECT l.id, l.address, l.epoch, l.head, l.bytes, l.used_at,
				(SELECT m.log_offset FROM inbox_messages m WHERE m.log_id = l.id
					ORDER BY m.log_id, m.log_offset LIMIT 1) AS oldest,
				(SELECT COUNT(*) FROM inbox_readers r WHERE r.log_id = l.id) AS readers
			FROM inbox_logs l
			""";

	static final String LIST = LOG + "WHERE l.address > ? ORDER BY l.address LIMIT ?";

	static final String OWNED = LOG + "JOIN inbox_log_owners o ON o.log_id = l.id "
			+ "WHERE o.owner = ? AND l.address > ? ORDER BY l.address LIMIT ?";

	private static final String MESSAGE = "SELECT log_offset, sent_at, expires_at, content_type, headers, "
			+ "OCTET_LENGTH(body) AS body_size";

	private static final String OF_LOG = " FROM inbox_messages WHERE log_id = ? AND log_offset > ? AND expires_at > ? "
			+ "ORDER BY log_id, log_offset LIMIT ?";

	static final String MESSAGES = MESSAGE + OF_LOG;

	private static final String BODIES = MESSAGE + ", body" + OF_LOG;

	private static final String READER = "SELECT id, name, next_offset, used_at FROM inbox_readers WHERE log_id = ?";

	private static final String BY_NAME = " ORDER BY log_id, name LIMIT ?";

	static final String READERS = READER + " AND name > ?" + BY_NAME;

	private final InboxDatabase database;

	private final Redrive redrive;

	private final Clock clock;

	StoredLogs(InboxDatabase database, Redrive redrive, Clock clock) {
		this.database = database;
		this.redrive = redrive;
		this.clock = clock;
	}

	@Override
	public List<Log> list(@Nullable String owner, String after, int limit) {
		JdbcClient.StatementSpec statement = (owner == null) ? this.database.sql().sql(LIST).params(after, limit)
				: this.database.sql().sql(OWNED).params(Destination.encode(owner), after, limit);
		return statement.query(StoredLogs::log).list();
	}

	@Override
	public Optional<Log> find(Destination destination) {
		return this.database.sql()
			.sql(LOG + "WHERE l.address = ?")
			.param(destination.address())
			.query(StoredLogs::log)
			.optional();
	}

	@Override
	public Optional<Log> find(long id) {
		return this.database.sql().sql(LOG + "WHERE l.id = ?").param(id).query(StoredLogs::log).optional();
	}

	private static Log log(ResultSet row, int number) throws SQLException {
		return new Log(row.getLong("id"), row.getString("address"), row.getString("epoch"), row.getLong("head"),
				row.getObject("oldest", Long.class), row.getLong("bytes"), row.getInt("readers"),
				Instant.ofEpochMilli(row.getLong("used_at")));
	}

	@Override
	public List<LoggedMessage> messages(Log log, long after, int limit, boolean bodies) {
		List<LoggedMessage> page = new ArrayList<>();
		long bytes = 0;
		long place = after;
		boolean over = false;
		while (!over && page.size() < limit && bytes < PAGE_BYTES) {
			int most = Math.min(SLICE, limit - page.size());
			List<LoggedMessage> slice = slice(log, place, most, bodies);
			for (LoggedMessage message : slice) {
				if (bytes < PAGE_BYTES) {
					page.add(message);
					bytes += weight(message);
					place = message.offset();
				}
			}
			over = slice.size() < most;
		}
		return page;
	}

	private List<LoggedMessage> slice(Log log, long after, int most, boolean bodies) {
		return this.database.sql()
			.sql((bodies) ? BODIES : MESSAGES)
			.params(log.id(), after, this.clock.millis(), most)
			.query((row, number) -> message(log, row, bodies))
			.list();
	}

	private static LoggedMessage message(Log log, ResultSet row, boolean bodies) throws SQLException {
		long offset = row.getLong("log_offset");
		return new LoggedMessage(offset, StoredMessage.messageId(log.epoch(), offset),
				Instant.ofEpochMilli(row.getLong("sent_at")), Instant.ofEpochMilli(row.getLong("expires_at")),
				row.getString("content_type"), HeaderText.parse(row.getString("headers")), row.getInt("body_size"),
				(bodies) ? row.getBytes("body") : null);
	}

	private static long weight(LoggedMessage message) {
		long headers = message.headers()
			.entrySet()
			.stream()
			.mapToLong((header) -> header.getKey().length() + header.getValue().length())
			.sum();
		byte[] body = message.body();
		return MessageSize.ROW + headers + ((body != null) ? body.length : 0);
	}

	@Override
	public List<LogReader> readers(Log log, @Nullable String after, int limit) {
		List<Row> rows = this.database.sql()
			.sql((after != null) ? READERS : READER + BY_NAME)
			.params((after != null) ? List.of(log.id(), after, limit) : List.of(log.id(), limit))
			.query((row, number) -> new Row(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4)))
			.list();
		if (rows.isEmpty()) {
			return List.of();
		}
		List<Long> ids = rows.stream().map(Row::id).toList();
		Map<Long, ClaimCount> claims = claims(ids);
		Map<Long, List<String>> nodes = nodes(ids);
		return rows.stream()
			.map((row) -> reader(log, row, claims.getOrDefault(row.id(), ClaimCount.NONE),
					nodes.getOrDefault(row.id(), List.of())))
			.toList();
	}

	private static LogReader reader(Log log, Row row, ClaimCount claims, List<String> nodes) {
		Long lowest = claims.lowest();
		long position = (lowest != null) ? Math.min(lowest - 1, row.next()) : row.next();
		// What is gone for good is nobody's to read.
		long beforeOldest = (log.oldest() != null) ? log.oldest() - 1 : log.head();
		long unread = Math.max(0, log.head() - Math.max(row.next(), beforeOldest));
		return new LogReader(row.name(), position, row.next(), unread + claims.count(), claims.count(),
				claims.refused(), Instant.ofEpochMilli(row.usedAt()), nodes);
	}

	private Map<Long, ClaimCount> claims(List<Long> readers) {
		Map<Long, ClaimCount> claims = new HashMap<>();
		this.database.sql().sql("""
				SELECT reader_id, COUNT(*), SUM(CASE WHEN nacks > 0 THEN 1 ELSE 0 END), MIN(log_offset)
				FROM inbox_claims WHERE reader_id IN (:readers) GROUP BY reader_id
				""").param("readers", readers).query((row) -> {
			claims.put(row.getLong(1), new ClaimCount(row.getInt(2), row.getInt(3), row.getLong(4)));
		});
		return claims;
	}

	/** Where there can be but one node, nothing is written of them. */
	private Map<Long, List<String>> nodes(List<Long> readers) {
		Map<Long, List<String>> nodes = new HashMap<>();
		this.database.sql()
			.sql("SELECT reader_id, node FROM inbox_reader_nodes WHERE reader_id IN (:readers) ORDER BY node")
			.param("readers", readers)
			.query((row) -> {
				nodes.computeIfAbsent(row.getLong(1), (id) -> new ArrayList<>()).add(row.getString(2));
			});
		return nodes;
	}

	@Override
	public Redriven redrive(Log log, @Nullable List<Long> offsets, long after, int limit) {
		if (!log.destination().endsWith(DeadLetters.SUFFIX)) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Only what was set aside in a log of dead letters can be sent back; its name ends in "
							+ DeadLetters.SUFFIX + ".");
		}
		LogHead head = new LogHead(log.id(), log.destination(), log.epoch(), log.head());
		return (offsets != null) ? this.redrive.some(head, offsets) : this.redrive.oldest(head, after, limit);
	}

	/** A reader's row. */
	private record Row(long id, String name, long next, long usedAt) {

	}

	/**
	 * What a reader has not acknowledged.
	 *
	 * @param lowest the lowest offset of it, null for none
	 */
	private record ClaimCount(int count, int refused, @Nullable Long lowest) {

		private static final ClaimCount NONE = new ClaimCount(0, 0, null);

	}

}
