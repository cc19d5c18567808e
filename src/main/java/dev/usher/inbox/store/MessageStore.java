package dev.usher.inbox.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of messages: appended many to a commit, read a page at a time.
 */
final class MessageStore {

	/**
	 * Where a page ends early, in bytes, so that a page of large bodies costs no more
	 * memory than one of small ones.
	 */
	private static final int PAGE_BYTES = 2 * 1024 * 1024;

	private final InboxDatabase database;

	private final LogStore logs;

	private final InboxProperties properties;

	private final MessageIds ids;

	private final MessageSize size;

	private final ByteQuota bytes;

	private final LogQuota logQuota;

	MessageStore(InboxDatabase database, LogStore logs, LogQuota logQuota, PublisherBytes publishers,
			InboxProperties properties, Clock clock) {
		this.database = database;
		this.logs = logs;
		this.properties = properties;
		this.ids = new MessageIds(database, clock);
		this.size = new MessageSize(database);
		this.bytes = new ByteQuota(database, publishers, properties, clock);
		this.logQuota = logQuota;
	}

	/**
	 * Stores messages in one transaction, all or none but for those a quota refuses, each
	 * log's in the given order. Returns when they are on disk.
	 * @return for each message where it is or why it is not stored, in the given order
	 */
	List<Result> append(List<Draft> drafts) {
		String[] headers = drafts.stream().map((draft) -> HeaderText.of(draft.headers())).toArray(String[]::new);
		long[] sizes = new long[headers.length];
		Arrays.setAll(sizes, (i) -> this.size.of(drafts.get(i), headers[i]));
		ByteQuota.Room room = this.bytes.room(drafts, sizes);
		Set<String> addresses = new LinkedHashSet<>();
		drafts.forEach((draft) -> addresses.add(draft.destination().address()));
		try {
			Placement placement = this.database
				.transaction((locked) -> place(drafts, headers, sizes, room, addresses, locked));
			this.database.sync();
			this.logs.remember(placement.heads().values());
			room.committed();
			placement.decision().ifPresent(LogQuota.Decision::committed);
			return placement.results();
		}
		catch (RuntimeException ex) {
			this.logs.forget(addresses);
			throw ex;
		}
	}

	private Placement place(List<Draft> drafts, @Nullable String[] headers, long[] sizes, ByteQuota.Room room,
			Set<String> addresses, boolean locked) {
		room.begin();
		Map<String, LogHead> from = heads(addresses, locked);
		Optional<LogQuota.Decision> decision = makeLogs(drafts, from);
		// Read after the heads: if no head moves until it is set, no id came in between.
		MessageIds.Known ids = this.ids.known(drafts, from);
		Placement placement = new Placement(new HashMap<>(from), new ArrayList<>(drafts.size()), decision);
		Map<String, Long> added = new HashMap<>();
		List<Object[]> messages = new ArrayList<>(drafts.size());
		for (int i = 0; i < sizes.length; i++) {
			Draft draft = drafts.get(i);
			RefusedException refusal = placement.refusal(draft);
			Long first = (refusal == null) ? ids.first(draft) : null;
			if (first != null) {
				placement.repeat(draft, first);
				continue;
			}
			refusal = (refusal == null) ? room.take(draft, sizes[i]) : refusal;
			if (refusal != null) {
				placement.refuse(refusal);
				continue;
			}
			Outcome outcome = placement.next(draft, expiresAt(draft));
			messages.add(row(outcome, headers[i]));
			ids.add(draft, outcome.answer().offset());
			added.merge(outcome.log().address(), sizes[i], Long::sum);
		}
		decision.ifPresent((made) -> removeUnused(made, from, placement));
		List<LogHead> moved = from.values().stream().filter(placement::isMoved).toList();
		this.logs.advance(moved, placement.heads(), added);
		this.database.batch("INSERT INTO inbox_messages (log_id, log_offset, sent_at, expires_at, content_type, "
				+ "headers, body) VALUES (?, ?, ?, ?, ?, ?, ?)", messages);
		this.ids.store(ids);
		return placement;
	}

	/**
	 * Where some logs are missing, those that are there are locked first: two nodes would
	 * wait for each other if one of them had made some before it locks the others.
	 */
	private Map<String, LogHead> heads(Set<String> addresses, boolean locked) {
		Map<String, LogHead> found = this.logs.heads(addresses, locked);
		return (!locked && found.size() < addresses.size()) ? this.logs.heads(addresses, true) : found;
	}

	/** Makes the logs that are missing, where who publishes may. */
	private Optional<LogQuota.Decision> makeLogs(List<Draft> drafts, Map<String, LogHead> found) {
		List<Draft> homeless = drafts.stream()
			.filter((draft) -> !found.containsKey(draft.destination().address()))
			.toList();
		if (homeless.isEmpty()) {
			return Optional.empty();
		}
		LogQuota.Decision decision = this.logQuota.decide(homeless);
		found.putAll(this.logs.insert(decision.logs()));
		return Optional.of(decision);
	}

	/** A log is made for a message, not for one that a quota refused. */
	private void removeUnused(LogQuota.Decision made, Map<String, LogHead> from, Placement placement) {
		List<LogHead> unused = made.logs()
			.stream()
			.map((log) -> Objects.requireNonNull(from.get(log.destination().address())))
			.filter((log) -> !placement.isMoved(log))
			.toList();
		this.logs.remove(unused);
		unused.forEach((log) -> placement.heads().remove(log.address()));
	}

	private long expiresAt(Draft draft) {
		Duration keep = this.properties.keep();
		Duration ttl = draft.ttl();
		return draft.timestamp() + ((ttl != null && ttl.compareTo(keep) < 0) ? ttl : keep).toMillis();
	}

	private static Object[] row(Outcome outcome, @Nullable String headers) {
		Draft draft = outcome.draft();
		StoredMessage message = Objects.requireNonNull(outcome.message());
		return new Object[] { outcome.log().id(), message.offset(), message.timestamp(), message.expiresAt(),
				draft.contentType(), headers, draft.body() };
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

	/**
	 * What became of a draft, one of the two.
	 *
	 * @param outcome where it is stored
	 * @param refusal why it is not
	 */
	record Result(@Nullable Outcome outcome, @Nullable RefusedException refusal) {

	}

	/**
	 * Where messages are put while a transaction is prepared.
	 *
	 * @param heads the logs, by address, with all that was put there
	 * @param results what became of each message
	 * @param decision which logs were made, where any was missing
	 */
	private record Placement(Map<String, LogHead> heads, List<Result> results, Optional<LogQuota.Decision> decision) {

		private LogHead head(Draft draft) {
			return Objects.requireNonNull(this.heads.get(draft.destination().address()));
		}

		/** Why there is no log for a message, or null where there is one. */
		@Nullable RefusedException refusal(Draft draft) {
			String address = draft.destination().address();
			return (this.heads.containsKey(address)) ? null
					: this.decision.map((made) -> made.refusal(address)).orElseThrow();
		}

		boolean isMoved(LogHead from) {
			LogHead to = this.heads.get(from.address());
			return to != null && to.head() != from.head();
		}

		void refuse(RefusedException refusal) {
			this.results.add(new Result(null, refusal));
		}

		void repeat(Draft draft, long first) {
			LogHead head = head(draft);
			this.results.add(new Result(new Outcome(head, draft, null, new Appended(first, head.epoch(), true)), null));
		}

		Outcome next(Draft draft, long expiresAt) {
			LogHead head = head(draft);
			LogHead moved = head.withHead(head.head() + 1);
			this.heads.put(moved.address(), moved);
			StoredMessage message = new StoredMessage(moved.head(), moved.epoch(), draft.timestamp(), expiresAt,
					draft.contentType(), draft.headers(), draft.body());
			Outcome outcome = new Outcome(moved, draft, message, new Appended(moved.head(), moved.epoch(), false));
			this.results.add(new Result(outcome, null));
			return outcome;
		}

	}

}
