package dev.usher.inbox.store;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.cluster.Change;
import dev.usher.inbox.InboxProperties;
import dev.usher.node.Leases;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;

/**
 * The rows of readers that outlive a connection, and of what they have taken and not
 * acknowledged. All methods but the sweeps are called in the ledger's transaction.
 */
final class ReaderStore {

	/** PostgreSQL takes 65,535. More readers at once are locked one after the other. */
	private static final int MAX_PARAMETERS = 60_000;

	private final InboxDatabase database;

	private final InboxProperties properties;

	private final Clock clock;

	/**
	 * How long others may take what this node let go of before it does, in milliseconds.
	 */
	private static final long OTHERS_FIRST = 2_000;

	/** What nobody hands out and this node may take. */
	private static final String FREE = "owner IS NULL AND (last_node IS NULL OR last_node <> :node OR due_at <= :due)";

	private final ReaderNodes nodes;

	private final boolean alone;

	private final String node;

	private final AtomicLong adopted = new AtomicLong();

	ReaderStore(InboxDatabase database, InboxProperties properties, Clock clock, Peers peers) {
		this.database = database;
		this.properties = properties;
		this.clock = clock;
		this.nodes = new ReaderNodes(database, peers);
		this.alone = peers.areImpossible();
		this.node = peers.self();
	}

	/** Which nodes have which readers open. */
	ReaderNodes nodes() {
		return this.nodes;
	}

	/**
	 * Locks readers in one order, so that no two nodes wait for each other: some, and
	 * those that some logs have of some names. To be called first in a transaction.
	 */
	void lock(Set<Long> readers, Set<Long> logs, Set<String> names) {
		if (!this.alone && readers.size() + logs.size() + names.size() < MAX_PARAMETERS) {
			Set<Long> some = new HashSet<>(readers);
			// A list may not be empty, and no reader has this number.
			some.add(0L);
			this.database.sql()
				.sql("SELECT id FROM inbox_readers WHERE id IN (:some) OR (log_id IN (:logs) AND name IN (:names)) "
						+ "ORDER BY id FOR UPDATE")
				.param("some", some)
				.param("logs", logs)
				.param("names", names)
				.query(Long.class)
				.list();
		}
	}

	/** Removes claims; each row is reader and offset. */
	void acknowledge(List<Object[]> rows) {
		this.database.batch("DELETE FROM inbox_claims WHERE reader_id = ? AND log_offset = ?", rows);
	}

	/**
	 * Notes refusals; each row is how many there were, when it is due, reader and offset.
	 */
	void refuse(List<Object[]> rows) {
		this.database.batch("UPDATE inbox_claims SET nacks = ?, due_at = ? WHERE reader_id = ? AND log_offset = ?",
				rows);
	}

	/**
	 * Lets go of what was refused or not acknowledged here; rows are as in
	 * {@link #refuse}.
	 */
	void letGo(List<Object[]> rows) {
		List<Object[]> owned = rows.stream()
			.map((row) -> new Object[] { this.node, row[0], row[1], row[2], row[3], this.node })
			.toList();
		this.database.batch("UPDATE inbox_claims SET owner = NULL, last_node = ?, nacks = ?, due_at = ? "
				+ "WHERE reader_id = ? AND log_offset = ? AND owner = ?", owned);
	}

	/** Lets go of what this node had taken; each row is a reader. */
	void release(List<Object[]> rows) {
		List<Object[]> owned = rows.stream().map((row) -> new Object[] { row[0], this.node }).toList();
		this.database.batch("UPDATE inbox_claims SET owner = NULL, last_node = NULL WHERE reader_id = ? AND owner = ?",
				owned);
		this.nodes.left(owned);
	}

	/**
	 * Moves readers on; each row is the new place, the reader and the old place.
	 * @return for each whether it was still at the old place
	 */
	int[] advance(List<Object[]> rows) {
		return this.database.batch("UPDATE inbox_readers SET next_offset = ? WHERE id = ? AND next_offset = ?", rows);
	}

	/** Takes messages; each row is reader and offset. */
	void claim(List<Object[]> rows) {
		List<Object[]> claims = rows.stream().map((row) -> new Object[] { row[0], row[1], this.node }).toList();
		this.database.batch(
				"INSERT INTO inbox_claims (reader_id, log_offset, owner, nacks, due_at) VALUES (?, ?, ?, 0, 0)",
				claims);
	}

	/** Where a reader is, or nothing where it was removed. */
	Optional<Long> place(long reader) {
		return this.database.sql()
			.sql("SELECT next_offset FROM inbox_readers WHERE id = ?")
			.param(reader)
			.query(Long.class)
			.optional();
	}

	/**
	 * Opens a reader, makes it where there is none, and takes over what nobody hands out.
	 * @param logId its log
	 * @param name its name
	 * @param start where it starts where it is new
	 * @throws RefusedException {@link Reason#OVERLOADED} where the log has too many
	 */
	Opened open(long logId, String name, long start) {
		KeptReader kept = find(logId, name).orElse(null);
		boolean made = kept == null;
		if (kept == null) {
			kept = insert(logId, name, start);
		}
		else {
			touch(List.of(kept.id()));
		}
		List<Claim> claims = takeOver(kept.id(), true);
		Held held = held(kept.id());
		long position = (held.lowest() != null) ? Math.min(held.lowest() - 1, kept.next()) : kept.next();
		Leases predecessors = (held.owned() > claims.size()) ? this.nodes.leasesOfOthers(kept.id()) : null;
		return new Opened(kept.id(), kept.next(), position, made, claims, predecessors);
	}

	private Held held(long reader) {
		return this.database.sql()
			.sql("SELECT MIN(log_offset), COUNT(owner) FROM inbox_claims WHERE reader_id = ?")
			.param(reader)
			.query((row, number) -> new Held(row.getObject(1, Long.class), row.getLong(2)))
			.single();
	}

	private Optional<KeptReader> find(long logId, String name) {
		return this.database.sql()
			.sql("SELECT id, next_offset FROM inbox_readers WHERE log_id = ? AND name = ? FOR UPDATE")
			.params(logId, name)
			.query((row, number) -> new KeptReader(row.getLong(1), row.getLong(2)))
			.optional();
	}

	private KeptReader insert(long logId, String name, long start) {
		long count = this.database.sql()
			.sql("SELECT COUNT(*) FROM inbox_readers WHERE log_id = ? AND name <> ''")
			.param(logId)
			.query(Long.class)
			.single();
		if (count >= this.properties.readersPerLog() && !name.isEmpty()) {
			throw RefusedException.ofQuota(
					"A stored destination has " + this.properties.readersPerLog() + " durable readers at most.",
					LogQuota.RETRY_AFTER);
		}
		KeyHolder key = new GeneratedKeyHolder();
		this.database.sql()
			.sql("INSERT INTO inbox_readers (log_id, name, next_offset, used_at) VALUES (?, ?, ?, ?)")
			.params(logId, name, start, this.clock.millis())
			.update(key, "id");
		return new KeptReader(Objects.requireNonNull(key.getKey()).longValue(), start);
	}

	/**
	 * Takes over what nobody hands out.
	 * @param own whether to take what is this node's own too, because the reader is only
	 * now opened here
	 */
	List<Claim> takeOver(long reader, boolean own) {
		if (own) {
			this.nodes.opened(reader);
		}
		List<Claim> free = this.database.sql()
			.sql("SELECT log_offset, nacks, due_at, owner FROM inbox_claims WHERE reader_id = :reader AND ((" + FREE
					+ ")" + ((own) ? " OR owner = :node" : "") + ") ORDER BY log_offset")
			.param("reader", reader)
			.param("node", this.node)
			.param("due", due())
			.query((row, number) -> new Claim(row.getLong(1), row.getInt(2), row.getLong(3), row.getString(4)))
			.list();
		List<Claim> taken = new ArrayList<>(free.stream().filter((claim) -> claim.owner() != null).toList());
		List<Claim> unowned = free.stream().filter((claim) -> claim.owner() == null).toList();
		List<Object[]> rows = new ArrayList<>(unowned.size());
		unowned.forEach((claim) -> rows.add(new Object[] { this.node, reader, claim.offset() }));
		int[] changed = this.database.batch(
				"UPDATE inbox_claims SET owner = ?, last_node = NULL WHERE reader_id = ? AND log_offset = ? AND owner IS NULL",
				rows);
		for (int i = 0; i < changed.length; i++) {
			if (changed[i] == 1) {
				taken.add(unowned.get(i));
			}
		}
		return taken;
	}

	/** Counts what was taken over, once that is committed. */
	void countAdopted(List<Claim> taken) {
		this.adopted.addAndGet(taken.stream().filter((claim) -> claim.owner() == null).count());
	}

	/** How many messages this node has taken over that nobody handed out. */
	long adopted() {
		return this.adopted.get();
	}

	/** Whether something was taken and not acknowledged that is gone for good. */
	boolean isClaimLost(long logId, long reader) {
		return this.database.sql().sql("""
				SELECT COUNT(*) FROM inbox_claims c WHERE c.reader_id = ? AND NOT EXISTS (
				  SELECT 1 FROM inbox_messages m
				  WHERE m.log_id = ? AND m.log_offset = c.log_offset AND m.expires_at > ?)
				""").params(reader, logId, this.clock.millis()).query(Long.class).single() > 0;
	}

	/**
	 * Removes a reader and all it has taken. Only nodes that have it open are told: a
	 * client that makes and forgets readers would fill the table of changes, which every
	 * node reads.
	 */
	void remove(long reader) {
		this.database.sql().sql("DELETE FROM inbox_readers WHERE id = ?").param(reader).update();
		this.database.sql().sql("DELETE FROM inbox_claims WHERE reader_id = ?").param(reader).update();
		if (this.nodes.removed(reader)) {
			this.database.record(Change.Kind.READER, Long.toString(reader));
		}
	}

	/** Notes that readers are in use. */
	void touch(Collection<Long> readers) {
		for (List<Long> some : InboxDatabase.chunks(readers.stream().sorted().toList())) {
			this.database.batch("UPDATE inbox_readers SET used_at = ? WHERE id = ?",
					some.stream().map((reader) -> new Object[] { this.clock.millis(), reader }).toList());
		}
	}

	private long due() {
		return this.clock.millis() - OTHERS_FIRST;
	}

	/** Those readers that have something this node may take. */
	List<Long> withFreeClaims(Collection<Long> readers) {
		return this.database.sql()
			.sql("SELECT DISTINCT reader_id FROM inbox_claims WHERE reader_id IN (:readers) AND " + FREE)
			.param("readers", readers)
			.param("node", this.node)
			.param("due", due())
			.query(Long.class)
			.list();
	}

	/** Removes readers that nobody used for long; answers how many. */
	int sweep(long unusedSince, int most) {
		return this.database.transaction((locked) -> {
			List<Long> unused = this.database.sql()
				.sql("SELECT id FROM inbox_readers WHERE used_at <= ? AND name <> '' ORDER BY used_at LIMIT ? "
						+ "FOR UPDATE")
				.params(unusedSince, most)
				.query(Long.class)
				.list();
			unused.forEach(this::remove);
			return unused.size();
		});
	}

	private record KeptReader(long id, long next) {

	}

	/** What of a reader is not acknowledged: the lowest, and how many are some node's. */
	private record Held(@Nullable Long lowest, long owned) {

	}

	/**
	 * A message that was taken and is not acknowledged.
	 *
	 * @param offset its offset
	 * @param nacks how often it was refused
	 * @param dueAt when it may be handed out again, epoch milliseconds
	 * @param owner the node that had it, or null
	 */
	record Claim(long offset, int nacks, long dueAt, @Nullable String owner) {

	}

	/**
	 * A reader that was opened.
	 *
	 * @param id its number
	 * @param next the place up to which messages were taken
	 * @param position the place up to which all is acknowledged
	 * @param made whether it is new
	 * @param claims what this node has to hand out again
	 * @param predecessors the leases of other nodes that have it open, null unless they
	 * have taken something
	 */
	record Opened(long id, long next, long position, boolean made, List<Claim> claims, @Nullable Leases predecessors) {

	}

}
