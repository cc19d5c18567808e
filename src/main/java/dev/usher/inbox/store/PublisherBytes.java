package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.usher.inbox.InboxProperties;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.RefusedException;

/**
 * How many bytes each publisher has stored on this day of UTC. A node reserves a piece of
 * what a publisher has left and spends it from memory: so no message costs a statement,
 * all nodes together never let through more than the limit, and a crash loses a piece at
 * most, to the publisher's disadvantage. Any thread may call.
 */
final class PublisherBytes {

	/**
	 * A publisher who is refused by one node for what others hold loses no more than this
	 * part.
	 */
	private static final int PIECES = 64;

	private static final long LARGEST_PIECE = 4 * 1024 * 1024;

	/** Beyond this many publishers all pieces are given back. */
	private static final int REMEMBERED = 50_000;

	private static final long DAY = Duration.ofDays(1).toMillis();

	private final InboxDatabase database;

	private final Clock clock;

	private final long limit;

	private final Map<PublisherId, Long> left = new HashMap<>();

	private long day;

	PublisherBytes(InboxDatabase database, InboxProperties properties, Clock clock) {
		this.database = database;
		this.clock = clock;
		this.limit = properties.publisherBytes().toBytes();
		this.day = today();
	}

	private long today() {
		return Math.floorDiv(this.clock.millis(), DAY);
	}

	/**
	 * Reserves what some publishers want to store, in one transaction for all who have
	 * not enough left.
	 * @return how much each may store now; may be less than what they want. Empty where
	 * there is no limit
	 */
	synchronized Map<PublisherId, Long> reserve(Map<PublisherId, Long> wanted) {
		if (this.limit == 0) {
			return Map.of();
		}
		long today = today();
		if (today != this.day) {
			this.left.clear();
			this.day = today;
		}
		if (this.left.size() > REMEMBERED) {
			giveBack();
		}
		TreeMap<String, PublisherId> poor = new TreeMap<>();
		wanted.forEach((publisher, bytes) -> {
			if (this.left.getOrDefault(publisher, 0L) < bytes) {
				poor.put(publisher.key(), publisher);
			}
		});
		if (!poor.isEmpty()) {
			grant(poor, wanted).forEach((publisher, bytes) -> this.left.merge(publisher, bytes, Long::sum));
		}
		Map<PublisherId, Long> reserved = new HashMap<>();
		wanted.keySet().forEach((publisher) -> reserved.put(publisher, this.left.getOrDefault(publisher, 0L)));
		return reserved;
	}

	/**
	 * Locks what some publishers have used today, in one order on every node.
	 * @return how many bytes, for those that have a row
	 */
	private Map<String, Long> lock(Collection<String> keys) {
		Map<String, Long> used = new HashMap<>();
		this.database.sql()
			.sql("SELECT publisher, published_on, bytes FROM inbox_publishers WHERE publisher IN (:keys) "
					+ "ORDER BY publisher FOR UPDATE")
			.param("keys", keys)
			.query((row) -> {
				used.put(row.getString(1), (row.getLong(2) == this.day) ? row.getLong(3) : 0L);
			});
		return used;
	}

	private Map<PublisherId, Long> grant(TreeMap<String, PublisherId> poor, Map<PublisherId, Long> wanted) {
		return this.database.transaction((locked) -> {
			Map<String, Long> used = lock(poor.keySet());
			Map<PublisherId, Long> granted = new HashMap<>();
			List<Object[]> changed = new ArrayList<>();
			List<Object[]> added = new ArrayList<>();
			poor.forEach((key, publisher) -> {
				long before = used.getOrDefault(key, 0L);
				long piece = piece(publisher, wanted.getOrDefault(publisher, 0L), before);
				granted.put(publisher, piece);
				if (!used.containsKey(key)) {
					added.add(new Object[] { key, this.day, piece });
				}
				else if (piece > 0) {
					changed.add(new Object[] { this.day, before + piece, key });
				}
			});
			this.database.batch("UPDATE inbox_publishers SET published_on = ?, bytes = ? WHERE publisher = ?", changed);
			this.database.batch("INSERT INTO inbox_publishers (publisher, published_on, bytes) VALUES (?, ?, ?)",
					added);
			return granted;
		});
	}

	private long piece(PublisherId publisher, long wanted, long used) {
		long needed = wanted - this.left.getOrDefault(publisher, 0L);
		long usual = Math.min(this.limit / PIECES, LARGEST_PIECE);
		return Math.max(0, Math.min(this.limit - used, Math.max(needed, usual)));
	}

	/** Counts what was stored. */
	synchronized void spent(Map<PublisherId, Long> spent) {
		spent.forEach((publisher, bytes) -> this.left.computeIfPresent(publisher, (key, left) -> left - bytes));
	}

	/** Why a publisher may store no more. */
	RefusedException refusal() {
		long untilTomorrow = DAY - Math.floorMod(this.clock.millis(), DAY);
		return RefusedException.ofQuota("One publisher stores " + this.limit + " bytes a day at most.",
				Duration.ofMillis(untilTomorrow));
	}

	/** Forgets the days before; answers how many rows. */
	int sweep(int most) {
		return this.database.sql().sql("""
				DELETE FROM inbox_publishers WHERE publisher IN (
				  SELECT publisher FROM inbox_publishers WHERE published_on < ? LIMIT ?)
				""").params(today(), most).update();
	}

	synchronized void close() {
		if (today() == this.day) {
			giveBack();
		}
	}

	private void giveBack() {
		List<Map.Entry<PublisherId, Long>> unused = List.copyOf(this.left.entrySet());
		this.left.clear();
		InboxDatabase.chunks(unused).forEach(this::giveBack);
	}

	private void giveBack(List<Map.Entry<PublisherId, Long>> unused) {
		this.database.transaction((locked) -> {
			lock(unused.stream().map((entry) -> entry.getKey().key()).toList());
			return this.database.batch(
					"UPDATE inbox_publishers SET bytes = bytes - ? WHERE publisher = ? AND published_on = ?",
					unused.stream()
						.map((entry) -> new Object[] { entry.getValue(), entry.getKey().key(), this.day })
						.toList());
		});
	}

}
