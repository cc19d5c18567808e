package dev.usher.inbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * The rows of messages: appended many to a commit, read a page at a time.
 */
final class MessageStore {

	/** How long a publisher's id is remembered; part of the contract. */
	static final Duration ID_KEPT = Duration.ofHours(24);

	/**
	 * Where a page ends early, in bytes, so that a page of large bodies costs no more
	 * memory than one of small ones.
	 */
	private static final int PAGE_BYTES = 2 * 1024 * 1024;

	private final Database database;

	private final LogStore logs;

	private final InboxProperties properties;

	private final Clock clock;

	MessageStore(Database database, LogStore logs, InboxProperties properties, Clock clock) {
		this.database = database;
		this.logs = logs;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Stores messages in one transaction, all or none, each log's in the given order.
	 * Returns when they are on disk.
	 * @return for each message where it is, in the given order
	 */
	List<Outcome> append(List<Draft> drafts) {
		Map<String, Destination> destinations = new LinkedHashMap<>();
		drafts.forEach((draft) -> destinations.put(draft.destination().address(), draft.destination()));
		try {
			Placement placement = this.database.transaction((locked) -> place(drafts, destinations, locked));
			this.database.sync();
			this.logs.remember(placement.heads().values());
			return placement.outcomes();
		}
		catch (RuntimeException ex) {
			this.logs.forget(destinations.keySet());
			throw ex;
		}
	}

	private Placement place(List<Draft> drafts, Map<String, Destination> destinations, boolean locked) {
		Map<String, LogHead> from = this.logs.heads(destinations, locked);
		// Read after the heads: if no head moves until it is set, no id came in between.
		Map<String, Long> ids = knownIds(drafts, from);
		Placement placement = new Placement(new HashMap<>(from), new ArrayList<>(drafts.size()));
		List<Object[]> messages = new ArrayList<>(drafts.size());
		List<Object[]> newIds = new ArrayList<>();
		for (Draft draft : drafts) {
			LogHead head = placement.head(draft);
			String idKey = idKey(draft, head);
			Long first = (idKey != null) ? ids.get(idKey) : null;
			if (first != null) {
				placement.outcomes().add(new Outcome(head, draft, null, new Appended(first, head.epoch(), true)));
				continue;
			}
			Outcome outcome = placement.next(draft, head, expiresAt(draft));
			messages.add(row(outcome));
			if (idKey != null) {
				ids.put(idKey, outcome.answer().offset());
				newIds.add(new Object[] { idKey, outcome.answer().offset(), this.clock.millis() + ID_KEPT.toMillis() });
			}
		}
		List<LogHead> moved = from.values().stream().filter(placement::isMoved).toList();
		this.logs.advance(moved, placement.heads());
		this.database.batch("INSERT INTO inbox_messages (log_id, log_offset, sent_at, expires_at, content_type, "
				+ "headers, body) VALUES (?, ?, ?, ?, ?, ?, ?)", messages);
		this.database.batch("INSERT INTO inbox_ids (id_key, log_offset, expires_at) VALUES (?, ?, ?)", newIds);
		return placement;
	}

	private Map<String, Long> knownIds(List<Draft> drafts, Map<String, LogHead> heads) {
		List<String> keys = new ArrayList<>();
		for (Draft draft : drafts) {
			String key = idKey(draft, heads.get(draft.destination().address()));
			if (key != null) {
				keys.add(key);
			}
		}
		Map<String, Long> known = new HashMap<>();
		if (keys.isEmpty()) {
			return known;
		}
		List<Object[]> expired = new ArrayList<>();
		long now = this.clock.millis();
		this.database.sql()
			.sql("SELECT id_key, log_offset, expires_at FROM inbox_ids WHERE id_key IN (:keys)")
			.param("keys", keys)
			.query((ResultSet row) -> {
				if (row.getLong(3) > now) {
					known.put(row.getString(1), row.getLong(2));
				}
				else {
					expired.add(new Object[] { row.getString(1) });
				}
			});
		this.database.batch("DELETE FROM inbox_ids WHERE id_key = ?", expired);
		return known;
	}

	private static @Nullable String idKey(Draft draft, @Nullable LogHead head) {
		return (draft.id() != null && head != null) ? head.id() + ":" + draft.id() : null;
	}

	private long expiresAt(Draft draft) {
		Duration keep = this.properties.keep();
		Duration ttl = draft.ttl();
		return draft.timestamp() + ((ttl != null && ttl.compareTo(keep) < 0) ? ttl : keep).toMillis();
	}

	private static Object[] row(Outcome outcome) {
		Draft draft = outcome.draft();
		StoredMessage message = Objects.requireNonNull(outcome.message());
		return new Object[] { outcome.log().id(), message.offset(), message.timestamp(), message.expiresAt(),
				draft.contentType(), HeaderText.of(draft.headers()), draft.body() };
	}

	/**
	 * Reads what came after a place, oldest first.
	 * @param most how many at most; may be fewer where bodies are large
	 */
	List<StoredMessage> after(LogHead log, long place, int most) {
		return this.database.transaction((locked) -> this.database.sql()
			.sql("""
					SELECT log_offset, sent_at, expires_at, content_type, headers, body FROM inbox_messages
					WHERE log_id = ? AND log_offset > ? ORDER BY log_offset LIMIT ?
					""")
			.params(log.id(), place, most)
			.withFetchSize(32)
			.query((ResultSet rows) -> page(rows, log.epoch())));
	}

	/** Reads single messages; those that are gone are left out. */
	List<StoredMessage> at(LogHead log, Collection<Long> offsets) {
		return this.database.transaction((locked) -> this.database.sql()
			.sql("""
					SELECT log_offset, sent_at, expires_at, content_type, headers, body FROM inbox_messages
					WHERE log_id = :log AND log_offset IN (:offsets) ORDER BY log_offset
					""")
			.param("log", log.id())
			.param("offsets", offsets)
			.query((row, number) -> message(row, log.epoch()))
			.list());
	}

	private static List<StoredMessage> page(ResultSet rows, String epoch) throws SQLException {
		List<StoredMessage> page = new ArrayList<>();
		long bytes = 0;
		while (bytes < PAGE_BYTES && rows.next()) {
			StoredMessage message = message(rows, epoch);
			page.add(message);
			bytes += message.weight();
		}
		return page;
	}

	private static StoredMessage message(ResultSet row, String epoch) throws SQLException {
		return new StoredMessage(row.getLong("log_offset"), epoch, row.getLong("sent_at"), row.getLong("expires_at"),
				row.getString("content_type"), HeaderText.parse(row.getString("headers")), row.getBytes("body"));
	}

	/**
	 * What became of a draft.
	 *
	 * @param log its log, with the head before or at the message
	 * @param draft what was to be stored
	 * @param message what was stored, or null for a duplicate
	 * @param answer what its publisher is told
	 */
	record Outcome(LogHead log, Draft draft, @Nullable StoredMessage message, Appended answer) {

	}

	/** Where messages are put while a transaction is prepared. */
	private record Placement(Map<String, LogHead> heads, List<Outcome> outcomes) {

		LogHead head(Draft draft) {
			return Objects.requireNonNull(this.heads.get(draft.destination().address()));
		}

		boolean isMoved(LogHead from) {
			LogHead to = this.heads.get(from.address());
			return to != null && to.head() != from.head();
		}

		Outcome next(Draft draft, LogHead head, long expiresAt) {
			LogHead moved = head.withHead(head.head() + 1);
			this.heads.put(moved.address(), moved);
			StoredMessage message = new StoredMessage(moved.head(), moved.epoch(), draft.timestamp(), expiresAt,
					draft.contentType(), draft.headers(), draft.body());
			Outcome outcome = new Outcome(moved, draft, message, new Appended(moved.head(), moved.epoch(), false));
			this.outcomes.add(outcome);
			return outcome;
		}

	}

}
