package dev.usher.inbox.store;

import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.usher.inbox.Draft;
import dev.usher.protocol.PublisherId;
import org.jspecify.annotations.Nullable;

/**
 * What publishers named, so that a second try is stored once. The key is log, publisher
 * and id: nobody can use up an id of somebody else's. Not thread-safe: used by the thread
 * that appends, in its transaction.
 */
final class MessageIds {

	/** How long a publisher's id is remembered; part of the contract. */
	static final Duration KEPT = Duration.ofHours(24);

	/**
	 * In front of what versions before stored that did not note whose an id was: until
	 * they expire, such ids count for whoever repeats them, so that a publisher who tries
	 * again across an upgrade is not stored twice.
	 */
	private static final String ANYBODYS = "any:";

	private final InboxDatabase database;

	private final Clock clock;

	/** Until when there is any of those; unknown before the first look. */
	private @Nullable Long anybodysUntil;

	MessageIds(InboxDatabase database, Clock clock) {
		this.database = database;
		this.clock = clock;
	}

	/**
	 * Looks up the ids that some messages bring.
	 * @param drafts the messages
	 * @param heads their logs, by address; messages of other logs are left out
	 */
	Known known(List<Draft> drafts, Map<String, LogHead> heads) {
		Known known = new Known();
		List<String> keys = new ArrayList<>();
		for (Draft draft : drafts) {
			LogHead head = heads.get(draft.destination().address());
			if (draft.id() != null && head != null) {
				String key = key(draft, head);
				known.keys.put(draft, key);
				keys.add(key);
				if (hasAnybodys()) {
					known.anybodys.put(draft, anybodysKey(draft, head));
					keys.add(anybodysKey(draft, head));
				}
			}
		}
		if (!keys.isEmpty()) {
			read(keys, known);
		}
		return known;
	}

	private void read(List<String> keys, Known known) {
		List<Object[]> expired = new ArrayList<>();
		long now = this.clock.millis();
		this.database.sql()
			.sql("SELECT id_key, log_offset, expires_at FROM inbox_ids WHERE id_key IN (:keys)")
			.param("keys", keys)
			.query((ResultSet row) -> {
				if (row.getLong(3) > now) {
					known.offsets.put(row.getString(1), row.getLong(2));
				}
				else {
					expired.add(new Object[] { row.getString(1) });
				}
			});
		this.database.batch("DELETE FROM inbox_ids WHERE id_key = ?", expired);
	}

	private boolean hasAnybodys() {
		if (this.anybodysUntil == null) {
			this.anybodysUntil = this.database.sql()
				.sql("SELECT MAX(expires_at) FROM inbox_ids WHERE id_key LIKE '" + ANYBODYS + "%'")
				.query((row, number) -> Optional.ofNullable(row.getObject(1, Long.class)))
				.single()
				.orElse(0L);
		}
		return this.anybodysUntil > this.clock.millis();
	}

	private static String key(Draft draft, LogHead head) {
		PublisherId publisher = draft.publisher();
		return head.id() + "/" + ((publisher != null) ? publisher.key() : "") + "/" + draft.id();
	}

	private static String anybodysKey(Draft draft, LogHead head) {
		return ANYBODYS + head.id() + ":" + draft.id();
	}

	/** Stores the ids that were new. */
	void store(Known known) {
		long expiresAt = this.clock.millis() + KEPT.toMillis();
		List<Object[]> rows = known.added.stream()
			.map((key) -> new Object[] { key, known.offsets.get(key), expiresAt })
			.toList();
		this.database.batch("INSERT INTO inbox_ids (id_key, log_offset, expires_at) VALUES (?, ?, ?)", rows);
	}

	/** The ids of some messages, while these are being placed. */
	static final class Known {

		/** Messages are told apart by which they are, not by what they hold. */
		private final Map<Draft, String> keys = new IdentityHashMap<>();

		private final Map<Draft, String> anybodys = new IdentityHashMap<>();

		private final Map<String, Long> offsets = new HashMap<>();

		private final List<String> added = new ArrayList<>();

		/**
		 * Where the first message of this one's id is, or null where this is the first.
		 */
		@Nullable Long first(Draft draft) {
			Long first = this.offsets.get(this.keys.get(draft));
			return (first != null) ? first : this.offsets.get(this.anybodys.get(draft));
		}

		/** Notes where a message was put. */
		void add(Draft draft, long offset) {
			String key = this.keys.get(draft);
			if (key != null) {
				this.offsets.put(key, offset);
				this.added.add(key);
			}
		}

	}

}
