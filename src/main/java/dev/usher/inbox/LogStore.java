package dev.usher.inbox;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;

/**
 * The rows of logs: found, made, removed. Keeps the heads this node saw last, so that an
 * append need not ask for them; one that moved since is noticed when it is set.
 */
final class LogStore {

	/** 10 to 11 characters of base 36; two lives of a log never share one. */
	private static final int EPOCH_BITS = 54;

	private final Database database;

	private final InboxProperties properties;

	private final Clock clock;

	private final SecureRandom random = new SecureRandom();

	/** By address. 10,000 logs that are written all the time cost about 4 MB. */
	private final Cache<String, LogHead> heads = Caffeine.newBuilder().maximumSize(10_000).build();

	LogStore(Database database, InboxProperties properties, Clock clock) {
		this.database = database;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * The logs of some destinations, made where there are none. To be called in a
	 * transaction.
	 * @param locked whether to lock and read the rows; else the heads may be old
	 */
	Map<String, LogHead> heads(Map<String, Destination> destinations, boolean locked) {
		Map<String, LogHead> found = new HashMap<>();
		if (!locked) {
			found.putAll(this.heads.getAllPresent(destinations.keySet()));
		}
		List<String> missing = destinations.keySet().stream().filter((key) -> !found.containsKey(key)).toList();
		if (!missing.isEmpty()) {
			read(missing, locked).forEach((head) -> found.put(head.address(), head));
			for (String address : missing) {
				found.computeIfAbsent(address, (key) -> insert(Objects.requireNonNull(destinations.get(key))));
			}
		}
		return found;
	}

	private List<LogHead> read(List<String> addresses, boolean locked) {
		String sql = "SELECT id, address, epoch, head FROM inbox_logs WHERE address IN (:addresses) ORDER BY id"
				+ ((locked) ? " FOR UPDATE" : "");
		return this.database.sql().sql(sql).param("addresses", addresses).query(LogStore::head).list();
	}

	private static LogHead head(ResultSet row, int number) throws SQLException {
		return new LogHead(row.getLong("id"), row.getString("address"), row.getString("epoch"), row.getLong("head"));
	}

	private LogHead insert(Destination destination) {
		String epoch = Long.toString(this.random.nextLong(1L << EPOCH_BITS), Character.MAX_RADIX);
		KeyHolder key = new GeneratedKeyHolder();
		this.database.sql()
			.sql("INSERT INTO inbox_logs (address, owner, epoch, head, lost) VALUES (?, ?, ?, 0, 0)")
			.param(destination.address())
			.param(owner(destination))
			.param(epoch)
			.update(key, "id");
		Number id = key.getKey();
		return new LogHead((id != null) ? id.longValue() : 0, destination.address(), epoch, 0);
	}

	private static @Nullable String owner(Destination destination) {
		String owner = destination.owner();
		return (owner != null) ? Destination.encode(owner) : null;
	}

	/**
	 * Moves heads on, all or none.
	 * @throws HeadMovedException where another node was faster
	 */
	void advance(Collection<LogHead> from, Map<String, LogHead> to) {
		List<LogHead> sorted = from.stream().sorted((one, other) -> Long.compare(one.id(), other.id())).toList();
		List<Object[]> rows = new ArrayList<>(sorted.size());
		for (LogHead head : sorted) {
			LogHead moved = Objects.requireNonNull(to.get(head.address()));
			rows.add(new Object[] { moved.head(), head.id(), head.head() });
		}
		for (int changed : this.database.batch("UPDATE inbox_logs SET head = ? WHERE id = ? AND head = ?", rows)) {
			if (changed != 1) {
				throw new HeadMovedException();
			}
		}
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
	 * @throws RefusedException {@link Reason#OVERLOADED} where its owner has too many
	 */
	Standing open(Destination destination) {
		return standing(destination).orElseGet(() -> {
			this.database.transaction((locked) -> {
				checkRoom(destination);
				return heads(Map.of(destination.address(), destination), true);
			});
			return standing(destination).orElseThrow(Database::unavailable);
		});
	}

	private void checkRoom(Destination destination) {
		String owner = owner(destination);
		if (owner == null || this.properties.logsPerOwner() == 0) {
			return;
		}
		long count = this.database.sql()
			.sql("SELECT COUNT(*) FROM inbox_logs WHERE owner = ?")
			.param(owner)
			.query(Long.class)
			.single();
		if (count >= this.properties.logsPerOwner()) {
			throw new RefusedException(Reason.OVERLOADED,
					"One user has " + this.properties.logsPerOwner() + " stored destinations at most.");
		}
	}

	/** The logs of a user, whose name is written as in an address. */
	List<LogHead> ownedBy(String owner) {
		return this.database.sql()
			.sql("SELECT id, address, epoch, head FROM inbox_logs WHERE owner = ?")
			.param(owner)
			.query(LogStore::head)
			.list();
	}

	/** The log of a destination as it stands. */
	Optional<Standing> standing(Destination destination) {
		return this.database.sql()
			.sql("SELECT id, address, epoch, head, lost FROM inbox_logs WHERE address = ?")
			.param(destination.address())
			.query((row, number) -> new Standing(head(row, number), row.getLong("lost")))
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
	 */
	record Standing(LogHead log, long lost) {

	}

	/** Another node moved a head; the transaction is tried again. */
	static final class HeadMovedException extends ConcurrencyFailureException {

		HeadMovedException() {
			super("Another node appended to the log");
		}

	}

}
