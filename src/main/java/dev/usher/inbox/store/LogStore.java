package dev.usher.inbox.store;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.cluster.Change;
import dev.usher.inbox.InboxProperties;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;

/**
 * The rows of logs: found, made, removed. Keeps the heads this node saw last, so that an
 * append need not ask for them; one that moved since is noticed when it is set.
 */
final class LogStore {

	/** 10 to 11 characters of base 36; two lives of a log never share one. */
	private static final int EPOCH_BITS = 54;

	private final InboxDatabase database;

	private final LogQuota quota;

	private final InboxProperties properties;

	private final Clock clock;

	private final SecureRandom random = new SecureRandom();

	/** By address. 10,000 logs that are written all the time cost about 4 MB. */
	private final Cache<String, LogHead> heads = Caffeine.newBuilder().maximumSize(10_000).build();

	LogStore(InboxDatabase database, LogQuota quota, InboxProperties properties, Clock clock) {
		this.database = database;
		this.quota = quota;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * The logs of some addresses; those that have none are left out. To be called in a
	 * transaction.
	 * @param locked whether to lock and read the rows; else the heads may be old
	 */
	Map<String, LogHead> heads(Collection<String> addresses, boolean locked) {
		Map<String, LogHead> found = new HashMap<>();
		if (!locked) {
			found.putAll(this.heads.getAllPresent(addresses));
		}
		List<String> missing = addresses.stream().filter((key) -> !found.containsKey(key)).toList();
		if (!missing.isEmpty()) {
			read(missing, locked).forEach((head) -> found.put(head.address(), head));
		}
		return found;
	}

	private List<LogHead> read(List<String> addresses, boolean locked) {
		String sql = "SELECT id, address, epoch, head FROM inbox_logs WHERE address IN (:addresses) ORDER BY id"
				+ ((locked) ? " FOR UPDATE" : "");
		return this.database.sql().sql(sql).param("addresses", addresses).query(LogStore::head).list();
	}

	static LogHead head(ResultSet row, int number) throws SQLException {
		return new LogHead(row.getLong("id"), row.getString("address"), row.getString("epoch"), row.getLong("head"));
	}

	/**
	 * Makes logs, in three statements however many there are: a publisher of ten thousand
	 * new names would hold everybody up with one for each. By every node in the order of
	 * their addresses. To be called in a transaction, which has locked all it needs of
	 * those that are there.
	 */
	Map<String, LogHead> insert(Collection<NewLog> some) {
		Map<String, LogHead> made = new HashMap<>();
		if (some.isEmpty()) {
			return made;
		}
		List<NewLog> logs = some.stream().sorted(Comparator.comparing((log) -> log.destination().address())).toList();
		List<Object[]> rows = new ArrayList<>(logs.size());
		for (NewLog log : logs) {
			Destination destination = log.destination();
			String epoch = Long.toString(this.random.nextLong(1L << EPOCH_BITS), Character.MAX_RADIX);
			rows.add(new Object[] { destination.address(), owner(destination), epoch, this.clock.millis() });
		}
		this.database.batch("INSERT INTO inbox_logs (address, owner, epoch, head, lost, bytes, used_at) "
				+ "VALUES (?, ?, ?, 0, 0, 0, ?)", rows);
		List<String> addresses = logs.stream().map((log) -> log.destination().address()).toList();
		read(addresses, false).forEach((head) -> made.put(head.address(), head));
		this.database.batch("INSERT INTO inbox_log_owners (log_id, owner, maker) VALUES (?, ?, ?)",
				logs.stream().map((log) -> owner(log, made)).toList());
		return made;
	}

	private static Object[] owner(NewLog log, Map<String, LogHead> made) {
		Destination destination = log.destination();
		long id = Objects.requireNonNull(made.get(destination.address())).id();
		return new Object[] { id, owner(destination), log.maker() };
	}

	private static @Nullable String owner(Destination destination) {
		String owner = destination.owner();
		return (owner != null) ? Destination.encode(owner) : null;
	}

	/**
	 * Moves heads on, all or none.
	 * @param bytes how many bytes each log has grown by, by address
	 * @throws HeadMovedException where another node was faster
	 */
	void advance(Collection<LogHead> from, Map<String, LogHead> to, Map<String, Long> bytes) {
		List<LogHead> sorted = from.stream().sorted((one, other) -> Long.compare(one.id(), other.id())).toList();
		List<Object[]> rows = new ArrayList<>(sorted.size());
		for (LogHead head : sorted) {
			LogHead moved = Objects.requireNonNull(to.get(head.address()));
			rows.add(new Object[] { moved.head(), bytes.getOrDefault(head.address(), 0L), this.clock.millis(),
					head.id(), head.head() });
		}
		for (int changed : this.database
			.batch("UPDATE inbox_logs SET head = ?, bytes = bytes + ?, used_at = ? WHERE id = ? AND head = ?", rows)) {
			if (changed != 1) {
				throw new HeadMovedException();
			}
		}
	}

	/**
	 * Removes the rows of logs, and of whose they are: from the commit on nobody finds
	 * them. To be called in a transaction.
	 */
	void remove(Collection<LogHead> logs) {
		List<Object[]> ids = logs.stream().map((log) -> new Object[] { log.id() }).toList();
		this.database.batch("DELETE FROM inbox_logs WHERE id = ?", ids);
		this.database.batch("DELETE FROM inbox_log_owners WHERE log_id = ?", ids);
	}

	/**
	 * Removes what belongs to a log but for its messages, and tells the other nodes. Its
	 * row is removed before, in the same transaction: from then on nobody finds it.
	 */
	void removeRest(LogHead log) {
		recordRemoval(log);
		removeReaders(log);
		delete("DELETE FROM inbox_log_owners WHERE log_id = ?", log);
	}

	/** Tells the other nodes, in the transaction that removes the log's row. */
	void recordRemoval(LogHead log) {
		this.database.record(Change.Kind.LOG, log.id() + " " + log.address());
	}

	/** Removes the readers of a log. To be called in a transaction. */
	void removeReaders(LogHead log) {
		String readers = "(SELECT id FROM inbox_readers WHERE log_id = ?)";
		delete("DELETE FROM inbox_claims WHERE reader_id IN " + readers, log);
		delete("DELETE FROM inbox_reader_nodes WHERE reader_id IN " + readers, log);
		delete("DELETE FROM inbox_readers WHERE log_id = ?", log);
	}

	private void delete(String sql, LogHead log) {
		this.database.sql().sql(sql).param(log.id()).update();
	}

	/** Remembers heads after their commit. */
	void remember(Collection<LogHead> heads) {
		heads.forEach((head) -> this.heads.put(head.address(), head));
	}

	/** Forgets heads that were not committed. */
	void forget(Collection<String> addresses) {
		this.heads.invalidateAll(addresses);
	}

	/**
	 * The log of a destination as it stands, made where there is none.
	 * @param subscriber who is charged for a shared one that is made
	 * @throws RefusedException {@link Reason#OVERLOADED} where they have too many
	 */
	Standing open(Destination destination, @Nullable PublisherId subscriber) {
		Standing standing = standing(destination).orElse(null);
		if (standing == null || !isKept(standing)) {
			Optional<NewLog> made = this.database.transaction((locked) -> {
				Map<String, LogHead> there = heads(List.of(destination.address()), true);
				if (!there.isEmpty()) {
					noteUse(there.values());
					return Optional.empty();
				}
				NewLog log = this.quota.subscribed(destination, subscriber);
				insert(List.of(log));
				return Optional.of(log);
			});
			made.ifPresent(this.quota::made);
			standing = standing(destination).orElseThrow(InboxDatabase::unavailable);
		}
		return standing;
	}

	/** Whether no node removes the log before it is noted that it is in use. */
	private boolean isKept(Standing standing) {
		return this.clock.millis() - standing.usedAt() < unusedAfter().toMillis() / 2;
	}

	/**
	 * How long a log must be empty and without a reader before it is removed: as long as
	 * messages are kept, and no shorter than ids are remembered, which a log made anew
	 * would not know.
	 */
	Duration unusedAfter() {
		Duration keep = this.properties.keep();
		return (keep.compareTo(MessageIds.KEPT) > 0) ? keep : MessageIds.KEPT;
	}

	/** Notes that logs are in use. */
	void touch(Collection<String> addresses) {
		InboxDatabase.chunks(List.copyOf(addresses))
			.forEach((some) -> this.database.transaction((locked) -> noteUse(read(some, true))));
	}

	private int[] noteUse(Collection<LogHead> locked) {
		long now = this.clock.millis();
		return this.database.batch("UPDATE inbox_logs SET used_at = ? WHERE id = ?",
				locked.stream().map((head) -> new Object[] { now, head.id() }).toList());
	}

	/**
	 * Locks the logs of a user, whose name is written as in an address, in the order in
	 * which appends lock them. To be called in a transaction.
	 */
	List<LogHead> lockOwnedBy(String owner) {
		return this.database.sql()
			.sql("SELECT id, address, epoch, head FROM inbox_logs "
					+ "WHERE id IN (SELECT log_id FROM inbox_log_owners WHERE owner = ?) ORDER BY id FOR UPDATE")
			.param(owner)
			.query(LogStore::head)
			.list();
	}

	/** The logs of some addresses as they stand; those that have none are left out. */
	Map<String, LogHead> standing(List<String> addresses) {
		Map<String, LogHead> found = new HashMap<>();
		read(addresses, false).forEach((head) -> found.put(head.address(), head));
		return found;
	}

	/** The log of a destination as it stands. */
	Optional<Standing> standing(Destination destination) {
		return this.database.sql()
			.sql("SELECT id, address, epoch, head, lost, used_at FROM inbox_logs WHERE address = ?")
			.param(destination.address())
			.query((row, number) -> new Standing(head(row, number), row.getLong("lost"), row.getLong("used_at")))
			.optional();
	}

	/**
	 * The highest offset after a place that is gone for good: swept, or expired and not
	 * swept yet.
	 */
	boolean isLostAfter(long logId, long place) {
		return this.database.sql()
			.sql("""
					SELECT COUNT(*) FROM inbox_logs l WHERE l.id = :log AND (l.lost > :place OR EXISTS (
					  SELECT 1 FROM inbox_messages m
					  WHERE m.log_id = :log AND m.log_offset > :place AND m.expires_at <= :now))
					""")
			.param("log", logId)
			.param("place", place)
			.param("now", this.clock.millis())
			.query(Long.class)
			.single() > 0;
	}

	/** The offset before the oldest message kept, or the head where nothing is kept. */
	long beforeOldest(LogHead log) {
		Long oldest = this.database.sql()
			.sql("SELECT MIN(log_offset) FROM inbox_messages WHERE log_id = ?")
			.param(log.id())
			.query((row, number) -> (Long) row.getObject(1, Long.class))
			.list()
			.stream()
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		return (oldest != null) ? oldest - 1 : log.head();
	}

	/**
	 * A log as it stands.
	 *
	 * @param log its row
	 * @param lost the highest offset that is gone for good
	 * @param usedAt when it was last noted that it is in use, epoch milliseconds
	 */
	record Standing(LogHead log, long lost, long usedAt) {

	}

	/**
	 * A log to be made.
	 *
	 * @param destination whose log it is
	 * @param maker the key of who published or, where it is shared, subscribed, and is
	 * charged for it; empty for its owner, null for nobody
	 */
	record NewLog(Destination destination, @Nullable String maker) {

	}

	/** Another node moved a head; the transaction is tried again. */
	static final class HeadMovedException extends ConcurrencyFailureException {

		HeadMovedException() {
			super("Another node appended to the log");
		}

	}

}
