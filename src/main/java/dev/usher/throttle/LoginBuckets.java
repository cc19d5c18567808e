package dev.usher.throttle;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Where failed logins are counted: in PostgreSQL, where several nodes may share one, so
 * that a guesser gains nothing by going from node to node; else in memory. Any thread may
 * call.
 */
@Component
public class LoginBuckets {

	private static final String KNOWN = "known";

	private static final long SWEEP = TimeUnit.MINUTES.toNanos(1);

	private static final int SWEPT = 10_000;

	private final LoginProperties properties;

	private final Clock clock;

	private final @Nullable JdbcClient client;

	private final AtomicLong sweptAt = new AtomicLong(System.nanoTime());

	@Autowired
	LoginBuckets(LoginProperties properties, Clock clock, JdbcTemplate template) {
		this(properties, clock, isPostgres(template) ? JdbcClient.create(template) : null);
	}

	private LoginBuckets(LoginProperties properties, Clock clock, @Nullable JdbcClient client) {
		this.properties = properties;
		this.clock = clock;
		this.client = client;
	}

	/** Counts in the memory of this node. */
	public static LoginBuckets ofThisNode(LoginProperties properties, Clock clock) {
		return new LoginBuckets(properties, clock, (JdbcClient) null);
	}

	private static boolean isPostgres(JdbcTemplate template) {
		return "PostgreSQL".equals(template
			.execute((ConnectionCallback<String>) (connection) -> connection.getMetaData().getDatabaseProductName()));
	}

	/**
	 * Makes buckets.
	 * @param kind what is counted, so that one name may be in several
	 * @param attempts how many each holds
	 * @param refill after how long one comes back
	 */
	public AttemptBuckets of(String kind, int attempts, Duration refill) {
		Buckets local = new Buckets(attempts, refill, this.properties.remembered(), this.clock);
		return (this.client != null)
				? new SharedBuckets(this.client, kind, attempts, refill, this.properties.remembered(), local) : local;
	}

	/** Whether some node remembers that somebody got in from there. */
	public boolean isKnown(String pair) {
		if (this.client == null) {
			return false;
		}
		try {
			return this.client
				.sql("SELECT COUNT(*) FROM throttles WHERE name = :name AND full_at > " + SharedBuckets.NOW)
				.param("name", SharedBuckets.key(KNOWN, pair))
				.query(Long.class)
				.single() > 0;
		}
		catch (DataAccessException ex) {
			return false;
		}
	}

	/** Has all nodes remember that somebody got in from there. */
	public void know(String pair, Duration keep) {
		if (this.client == null) {
			return;
		}
		try {
			this.client
				.sql("INSERT INTO throttles (name, full_at) VALUES (:name, " + SharedBuckets.NOW
						+ " + :keep) ON CONFLICT (name) DO UPDATE SET full_at = EXCLUDED.full_at")
				.param("name", SharedBuckets.key(KNOWN, pair))
				.param("keep", keep.toMillis())
				.update();
			sweep(this.client);
		}
		catch (DataAccessException ex) {
			// Whoever got in must not be refused; this node remembers it.
		}
	}

	/** Once a minute removes rows that say nothing any more. */
	private void sweep(JdbcClient rows) {
		long last = this.sweptAt.get();
		long now = System.nanoTime();
		if (now - last > SWEEP && this.sweptAt.compareAndSet(last, now)) {
			rows.sql("DELETE FROM throttles WHERE name IN (SELECT name FROM throttles WHERE full_at < "
					+ SharedBuckets.NOW + " LIMIT " + SWEPT + ")")
				.update();
		}
	}

}
