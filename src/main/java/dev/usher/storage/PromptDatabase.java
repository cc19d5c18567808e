package dev.usher.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * The database for what a person waits for, such as a login, which asks several times.
 * While the database is away each time would take as long as the pool waits for a
 * connection, and those in a queue would wait for all before them. So after a failure
 * whoever asks is refused at once for a moment, and then while one tries. A statement
 * takes five seconds at most. Any thread may ask; blocks.
 */
@Component
public class PromptDatabase {

	/** Each statement of a login takes milliseconds. */
	private static final int PATIENCE = (int) TimeUnit.SECONDS.toMillis(5);

	/** Longer than from one question of a login to its next. */
	private static final long REST = TimeUnit.MILLISECONDS.toNanos(250);

	/** Longer than one can take who tries: a connection, and the statement. */
	private static final long TRY = TimeUnit.SECONDS.toNanos(15);

	private final JdbcTemplate template;

	/** Until when nobody asks, in nanoseconds of the machine; 0 while it answers. */
	private final AtomicLong restsUntil = new AtomicLong();

	/** Makes one that asks by the connections of a template. */
	public PromptDatabase(JdbcTemplate template) {
		this.template = template;
	}

	/**
	 * Runs a statement; in the transaction of the caller, if there is one.
	 * @throws DataAccessResourceFailureException at once where the database did not
	 * answer a moment ago
	 */
	public <T> T ask(Function<JdbcClient, T> statement) {
		long rests = this.restsUntil.get();
		long now = System.nanoTime();
		if (rests != 0 && (now - rests < 0 || !this.restsUntil.compareAndSet(rests, (now + TRY) | 1))) {
			throw new DataAccessResourceFailureException("It did not answer a moment ago");
		}
		boolean answers = true;
		try {
			return run(statement);
		}
		catch (DataAccessResourceFailureException | RecoverableDataAccessException
				| TransientDataAccessResourceException ex) {
			answers = false;
			throw ex;
		}
		finally {
			if (!answers) {
				this.restsUntil.set((System.nanoTime() + REST) | 1);
			}
			else if (rests != 0) {
				this.restsUntil.set(0);
			}
		}
	}

	private <T> T run(Function<JdbcClient, T> statement) {
		T answer = this.template.execute((ConnectionCallback<T>) (connection) -> {
			int before = connection.getNetworkTimeout();
			connection.setNetworkTimeout(Runnable::run, (before > 0) ? Math.min(before, PATIENCE) : PATIENCE);
			try {
				return statement.apply(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
			}
			finally {
				restore(connection, before);
			}
		});
		Assert.state(answer != null, "A statement has an answer");
		return answer;
	}

	private static void restore(Connection connection, int timeout) {
		try {
			connection.setNetworkTimeout(Runnable::run, timeout);
		}
		catch (SQLException ex) {
			// It is broken, and the pool has put it out.
		}
	}

}
