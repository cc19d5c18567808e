package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.inbox.Draft;
import dev.usher.inbox.InboxProperties;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes may be stored: by one publisher in a day, for one user, in one shared
 * log. What is stored stands in the rows of logs, what was published in rows of
 * publishers; here is what this node knows of both, so that most commits ask for neither.
 * Used by the thread that appends.
 */
final class ByteQuota {

	/** How long an owner that is full had better be left alone. */
	private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

	/** After which an owner's sum is read again, as other nodes store too. */
	private static final long TRUSTED = Duration.ofMinutes(1).toMillis();

	/** The same where half of what they may have is used. */
	private static final long TRUSTED_WHEN_HALF_FULL = Duration.ofSeconds(1).toMillis();

	private static final int REMEMBERED = 20_000;

	private final InboxDatabase database;

	private final PublisherBytes publishers;

	private final Clock clock;

	private final long ownerBytes;

	/** By owner, or by the address of a shared log. */
	private final Cache<String, Usage> usage = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

	ByteQuota(InboxDatabase database, PublisherBytes publishers, InboxProperties properties, Clock clock) {
		this.database = database;
		this.publishers = publishers;
		this.clock = clock;
		this.ownerBytes = properties.ownerBytes().toBytes();
	}

	/**
	 * What the owners and publishers of some messages have left. To be called before the
	 * transaction that stores them.
	 * @param sizes what each message counts
	 */
	Room room(List<Draft> drafts, long[] sizes) {
		Map<PublisherId, Long> published = new HashMap<>();
		Map<String, Long> wanted = new HashMap<>();
		for (int i = 0; i < sizes.length; i++) {
			PublisherId publisher = drafts.get(i).publisher();
			if (publisher != null) {
				published.merge(publisher, sizes[i], Long::sum);
			}
			wanted.merge(unit(drafts.get(i).destination()), sizes[i], Long::sum);
		}
		return new Room(this.publishers.reserve(published), (this.ownerBytes > 0) ? stored(wanted) : Map.of());
	}

	/**
	 * Whose bytes these are: a user's, or a shared log's own. An address has a slash in
	 * front.
	 */
	private static String unit(Destination destination) {
		String owner = destination.owner();
		return (owner != null) ? Destination.encode(owner) : destination.address();
	}

	private Map<String, Long> stored(Map<String, Long> wanted) {
		long now = this.clock.millis();
		Map<String, Long> stored = new HashMap<>();
		Set<String> unknown = new HashSet<>();
		wanted.forEach((unit, bytes) -> {
			Usage known = this.usage.getIfPresent(unit);
			if (known != null && known.bytes() + bytes <= this.ownerBytes && isTrusted(known, now)) {
				stored.put(unit, known.bytes());
			}
			else {
				unknown.add(unit);
			}
		});
		if (!unknown.isEmpty()) {
			Map<String, Long> read = read(unknown);
			for (String unit : unknown) {
				long bytes = read.getOrDefault(unit, 0L);
				this.usage.put(unit, new Usage(bytes, now));
				stored.put(unit, bytes);
			}
		}
		return stored;
	}

	/** No other process stores into an embedded database. */
	private boolean isTrusted(Usage known, long now) {
		if (this.database.embedded()) {
			return true;
		}
		return now - known.readAt() < ((known.bytes() > this.ownerBytes / 2) ? TRUSTED_WHEN_HALF_FULL : TRUSTED);
	}

	private Map<String, Long> read(Set<String> units) {
		List<String> owners = new ArrayList<>();
		List<String> addresses = new ArrayList<>();
		units.forEach((unit) -> ((unit.charAt(0) == '/') ? addresses : owners).add(unit));
		// In a transaction, which is tried again where the pool hands out a dead
		// connection.
		return this.database.transaction((locked) -> {
			Map<String, Long> read = new HashMap<>();
			read("SELECT o.owner, SUM(l.bytes) FROM inbox_logs l JOIN inbox_log_owners o ON o.log_id = l.id "
					+ "WHERE o.owner IN (:units) GROUP BY o.owner", owners, read);
			read("SELECT address, bytes FROM inbox_logs WHERE address IN (:units)", addresses, read);
			return read;
		});
	}

	private void read(String sql, List<String> units, Map<String, Long> read) {
		if (!units.isEmpty()) {
			this.database.sql().sql(sql).param("units", units).query((row) -> {
				read.put(row.getString(1), row.getLong(2));
			});
		}
	}

	private record Usage(long bytes, long readAt) {

	}

	/** What is left for the messages of one commit, while these are being placed. */
	final class Room {

		private final Map<PublisherId, Long> reserved;

		private final Map<String, Long> stored;

		private final Map<PublisherId, Long> spent = new HashMap<>();

		private final Map<String, Long> added = new HashMap<>();

		Room(Map<PublisherId, Long> reserved, Map<String, Long> stored) {
			this.reserved = reserved;
			this.stored = stored;
		}

		/** Begins anew, as the transaction does. */
		void begin() {
			this.spent.clear();
			this.added.clear();
		}

		/**
		 * Counts a message against the quotas of its destination and its publisher.
		 * @return why it must not be stored, or null where it may
		 */
		@Nullable RefusedException take(Draft draft, long size) {
			PublisherId publisher = draft.publisher();
			Long most = (publisher != null) ? this.reserved.get(publisher) : null;
			if (most != null && this.spent.getOrDefault(publisher, 0L) + size > most) {
				return ByteQuota.this.publishers.refusal();
			}
			String unit = unit(draft.destination());
			Long before = this.stored.get(unit);
			// What is set aside was let in before, and goes to nobody else.
			if (publisher != null && before != null
					&& before + this.added.getOrDefault(unit, 0L) + size > ByteQuota.this.ownerBytes) {
				return RefusedException.ofQuota("What is stored for one user, or in one shared destination, has "
						+ ByteQuota.this.ownerBytes + " bytes at most.", RETRY_AFTER);
			}
			if (publisher != null && most != null) {
				this.spent.merge(publisher, size, Long::sum);
			}
			if (before != null) {
				this.added.merge(unit, size, Long::sum);
			}
			return null;
		}

		/** The messages are on disk. */
		void committed() {
			ByteQuota.this.publishers.spent(this.spent);
			this.added.forEach((unit, bytes) -> ByteQuota.this.usage.asMap()
				.computeIfPresent(unit, (key, known) -> new Usage(known.bytes() + bytes, known.readAt())));
		}

	}

}
