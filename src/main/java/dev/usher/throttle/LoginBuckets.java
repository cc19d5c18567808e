package dev.usher.throttle;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.storage.PromptDatabase;
import dev.usher.thread.SchedulingConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Where failed logins are counted: in PostgreSQL, where several nodes may share one, so
 * that a guesser gains nothing by going from node to node; else in memory. Any thread may
 * call.
 */
@Component
public class LoginBuckets {

	private static final String KNOWN = "known";

	private static final int SWEPT = 10_000;

	/** Who is not known may become so on another node at any time. */
	private static final Duration UNKNOWN = Duration.ofSeconds(1);

	private final LoginProperties properties;

	private final Clock clock;

	/** Null where logins are counted in memory. */
	private final @Nullable PromptDatabase database;

	/** The same for what nobody waits for, and what may take longer. */
	private final @Nullable JdbcClient client;

	/** Pairs of which no node knew when it was asked last. */
	private final Cache<String, Boolean> unknown;

	@Autowired
	LoginBuckets(LoginProperties properties, Clock clock, JdbcTemplate template, PromptDatabase database) {
		this(properties, clock, isPostgres(template) ? database : null, JdbcClient.create(template));
	}

	private LoginBuckets(LoginProperties properties, Clock clock, @Nullable PromptDatabase database,
			@Nullable JdbcClient client) {
		this.properties = properties;
		this.clock = clock;
		this.database = database;
		this.client = (database != null) ? client : null;
		this.unknown = Caffeine.newBuilder().maximumSize(properties.remembered()).expireAfterWrite(UNKNOWN).build();
	}

	/** Counts in the memory of this node. */
	public static LoginBuckets ofThisNode(LoginProperties properties, Clock clock) {
		return new LoginBuckets(properties, clock, null, (JdbcClient) null);
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
		int remembered = this.properties.remembered();
		return (this.database != null) ? new SharedBuckets(this.database, kind, attempts, refill, remembered)
				: new Buckets(attempts, refill, remembered, this.clock);
	}

	/**
	 * Whether some node remembers that somebody got in from there. Asks the database once
	 * a second at most for each pair, as each try of a flood comes by here.
	 */
	public boolean isKnown(String pair) {
		if (this.database == null || this.unknown.getIfPresent(pair) != null) {
			return false;
		}
		boolean known = isKnown(this.database, pair);
		if (!known) {
			this.unknown.put(pair, true);
		}
		return known;
	}

	private static boolean isKnown(PromptDatabase rows, String pair) {
		try {
			return rows.ask((client) -> client
				.sql("SELECT COUNT(*) FROM throttles WHERE name = :name AND full_at > " + SharedBuckets.NOW)
				.param("name", SharedBuckets.key(KNOWN, pair))
				.query(Long.class)
				.single()) > 0;
		}
		catch (DataAccessException ex) {
			return false;
		}
	}

	/** Has all nodes remember that somebody got in from there. */
	public void know(String pair, Duration keep) {
		if (this.database == null) {
			return;
		}
		try {
			this.database.ask((client) -> client
				.sql("INSERT INTO throttles (name, full_at) VALUES (:name, " + SharedBuckets.NOW
						+ " + :keep) ON CONFLICT (name) DO UPDATE SET full_at = EXCLUDED.full_at")
				.param("name", SharedBuckets.key(KNOWN, pair))
				.param("keep", keep.toMillis())
				.update());
			this.unknown.invalidate(pair);
		}
		catch (DataAccessException ex) {
			// Whoever got in must not be refused; this node remembers it.
		}
	}

	/**
	 * Removes rows that say nothing any more. By the clock: strangers who never get in
	 * make rows too.
	 */
	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		int removed = SWEPT;
		while (this.client != null && removed == SWEPT) {
			// Twice, for the row may count again when it is its turn.
			removed = this.client
				.sql("DELETE FROM throttles WHERE full_at < %1$s AND name IN (SELECT name FROM throttles "
					.formatted(SharedBuckets.NOW)
						+ "WHERE full_at < %1$s ORDER BY full_at LIMIT %2$d)".formatted(SharedBuckets.NOW, SWEPT))
				.update();
		}
	}

}
