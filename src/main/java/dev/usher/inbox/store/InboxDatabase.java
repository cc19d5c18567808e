package dev.usher.inbox.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.usher.cluster.Change;
import dev.usher.cluster.Changes;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.Assert;

/**
 * The database of the inbox: statements, transactions, and what its failures mean.
 */
final class InboxDatabase {

	/**
	 * How often a transaction is tried. After another node was in the way rows are locked
	 * first, so a second try is nearly always enough; dead connections may be several.
	 */
	private static final int TRIES = 8;

	private static final int CHUNK = 1_000;

	/**
	 * How long a thread that works with the database may be at one piece of work before
	 * it counts as stuck. A database that is away or silent takes less, whatever it does:
	 * the pool gives up after 5 s, and the driver after 30 s in each of eight tries.
	 */
	static final Duration PATIENCE = Duration.ofMinutes(5);

	/** Classes of SQLState: data exceptions, integrity, syntax. */
	private static final Set<String> ABOUT_VALUES = Set.of("22", "23", "42", "nu");

	/** A database that restarts is back by then, and so is the pool that asks for it. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private static final String H2_FILE = "jdbc:h2:file:";

	private final JdbcTemplate template;

	private final DataSource dataSource;

	private final JdbcClient client;

	private final TransactionTemplate transactions;

	private final boolean embedded;

	private final boolean h2;

	private final @Nullable Path file;

	private final Changes changes;

	InboxDatabase(JdbcTemplate template) {
		DataSource dataSource = template.getDataSource();
		Assert.state(dataSource != null, "A data source is needed");
		this.template = template;
		this.dataSource = dataSource;
		this.client = JdbcClient.create(template);
		this.changes = new Changes(template);
		this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		String url = template.execute((ConnectionCallback<String>) InboxDatabase::url);
		this.embedded = url != null && url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:h2:tcp:")
				&& !url.startsWith("jdbc:h2:ssl:");
		this.h2 = url != null && url.startsWith("jdbc:h2:");
		this.file = (url != null) ? file(url) : null;
	}

	private static @Nullable Path file(String url) {
		if (!url.startsWith(H2_FILE)) {
			return null;
		}
		int end = url.indexOf(';');
		return Path.of(url.substring(H2_FILE.length(), (end < 0) ? url.length() : end)).toAbsolutePath();
	}

	private static String url(Connection connection) throws SQLException {
		return connection.getMetaData().getURL();
	}

	/** Whether the database lives in this process, so that no other node can use it. */
	boolean embedded() {
		return this.embedded;
	}

	/** Where an embedded database keeps its file, or null where it has none. */
	@Nullable Path file() {
		return this.file;
	}

	/** Whether CHAR_LENGTH counts characters of Unicode, not those of UTF-16. */
	boolean countsCodePoints() {
		return !this.h2;
	}

	JdbcClient sql() {
		return this.client;
	}

	/**
	 * Runs a statement for each row of arguments, all in as few packets as the driver
	 * can.
	 * @return for each how many rows it changed
	 */
	int[] batch(String sql, List<Object[]> rows) {
		return (rows.isEmpty()) ? new int[0] : this.template.batchUpdate(sql, rows);
	}

	/**
	 * Cuts a list in pieces for one statement or one transaction: a statement of
	 * PostgreSQL has 65,535 parameters at most, and others wait for the rows of a
	 * transaction.
	 */
	static <K> List<List<K>> chunks(List<K> all) {
		List<List<K>> chunks = new ArrayList<>();
		for (int from = 0; from < all.size(); from += CHUNK) {
			chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
		}
		return chunks;
	}

	/**
	 * Runs in one transaction, again where another node was in the way, or where the
	 * connection turned out to be dead: after the database went away the pool may hold
	 * several such. Never again once the commit was tried, whose outcome may be unknown.
	 */
	<T> T transaction(Work<T> work) {
		boolean locked = false;
		for (int attempt = 1;; attempt++) {
			boolean lock = locked;
			AtomicBoolean done = new AtomicBoolean();
			try {
				return this.transactions.execute((status) -> {
					T result = work.run(lock);
					done.set(true);
					return result;
				});
			}
			catch (ConcurrencyFailureException | DuplicateKeyException ex) {
				if (attempt == TRIES) {
					throw ex;
				}
				locked = true;
			}
			catch (DataAccessResourceFailureException | CannotCreateTransactionException
					| TransactionSystemException ex) {
				// The last of them where the rollback found the connection dead too.
				discardConnections();
				// With this exception the pool has waited for a connection in vain, so
				// waiting again does not help. It stands in the middle of the chain: its
				// cause says why there was no connection.
				if (attempt == TRIES || done.get() || ex.contains(SQLTransientConnectionException.class)) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Has the pool open new connections. The pool does not test a connection that was
	 * used in the last half second, and does not know H2's codes for a dead one: a steady
	 * stream of publishers would be given the same dead connection for ever.
	 */
	private void discardConnections() {
		try {
			if (this.dataSource.isWrapperFor(HikariDataSource.class)) {
				HikariPoolMXBean pool = this.dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
				if (pool != null) {
					pool.softEvictConnections();
				}
			}
		}
		catch (SQLException ex) {
			// Another kind of pool replaces its dead connections itself.
		}
	}

	/**
	 * Tells the other nodes of what is removed, in the transaction that removes it.
	 */
	void record(Change.Kind kind, String target) {
		this.changes.record(kind, target);
	}

	/**
	 * Returns when everything committed so far would survive a loss of power. PostgreSQL
	 * has done so at the commit; H2 writes at the commit, but leaves the flush to the
	 * system unless it is told.
	 */
	void sync() {
		if (this.embedded) {
			this.client.sql("CHECKPOINT SYNC").update();
		}
	}

	/**
	 * A failure as the log may have it. Drivers repeat the values of a statement in their
	 * messages, which are what users wrote, so a message is shown only where the failure
	 * is not about values, and never that of a batch.
	 */
	static String describe(Throwable failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		if (cause instanceof BatchUpdateException batch && batch.getNextException() != null) {
			cause = batch.getNextException();
		}
		String name = cause.getClass().getSimpleName();
		if (!(cause instanceof SQLException sql)) {
			// What the disk says holds no values.
			return (cause instanceof IOException && cause.getMessage() != null) ? cause.getMessage() : name;
		}
		String state = String.valueOf(sql.getSQLState());
		boolean aboutValues = cause instanceof BatchUpdateException || ABOUT_VALUES.contains(state.substring(0, 2));
		return name + ", SQLState " + state + ((aboutValues) ? "" : ": " + sql.getMessage());
	}

	/** Answers what failed at the database as the other side may see it. */
	static RefusedException refusal(Throwable failure) {
		if (failure instanceof RefusedException refused) {
			return refused;
		}
		if (failure instanceof DataAccessException || failure instanceof TransactionException) {
			return unavailable();
		}
		return new RefusedException(Reason.INTERNAL_ERROR);
	}

	/** The refusal of whoever needs the database while it is away. */
	static RefusedException unavailable() {
		return new RefusedException(Reason.STORAGE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE.message(), RETRY_AFTER);
	}

	/** What is done in one transaction; may run more than once. */
	@FunctionalInterface
	interface Work<T> {

		/**
		 * @param locked whether another node was in the way before, so that rows had
		 * better be locked before they are read
		 */
		T run(boolean locked);

	}

}
