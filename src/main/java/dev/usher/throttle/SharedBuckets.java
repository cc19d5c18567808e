package dev.usher.throttle;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.protocol.Sha256;
import dev.usher.storage.PromptDatabase;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Token buckets that all nodes share: rows in PostgreSQL, by its clock. A row is the time
 * at which the bucket is full again, so a token is one statement, and a row in the past
 * says nothing. A name without a token is remembered here until it has one: a flood is
 * answered without the database. While that is away nobody can log in, and nothing is
 * counted; what could not be given back is once the name is asked for again. Names are
 * kept as digests, because people type passwords where their name belongs.
 */
final class SharedBuckets implements AttemptBuckets {

	static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

	private static final String TAKE = """
			INSERT INTO throttles AS t (name, full_at) VALUES (:name, %1$s + :refill)
			ON CONFLICT (name) DO UPDATE SET full_at = GREATEST(t.full_at, %1$s) + :refill
			WHERE GREATEST(t.full_at, %1$s) + :refill - %1$s <= :capacity RETURNING full_at
			""".formatted(NOW);

	private static final String WAIT = "SELECT full_at + :refill - :capacity - " + NOW
			+ " FROM throttles WHERE name = :name";

	private static final String GIVE_BACK = "UPDATE throttles SET full_at = full_at - :refill * :count WHERE name = :name";

	private final PromptDatabase database;

	private final String kind;

	private final long refill;

	private final long capacity;

	/** By name, until when there is no token, in nanoseconds of the machine. */
	private final Cache<String, Long> blocked;

	/** By name, how many tokens the database has yet to be given back. */
	private final Cache<String, Integer> owed;

	SharedBuckets(PromptDatabase database, String kind, int attempts, Duration refill, int remembered) {
		this.database = database;
		this.kind = kind;
		this.refill = refill.toMillis();
		this.capacity = attempts * this.refill;
		this.blocked = Caffeine.newBuilder().maximumSize(remembered).expireAfterWrite(refill).build();
		// By then they have come back by themselves.
		this.owed = Caffeine.newBuilder()
			.maximumSize(remembered)
			.expireAfterWrite(refill.multipliedBy(attempts))
			.build();
	}

	@Override
	public long take(String name) {
		Long until = this.blocked.getIfPresent(name);
		long left = (until != null) ? TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) : 0;
		if (left > 0) {
			return left;
		}
		repay(name);
		String key = key(this.kind, name);
		long wait = this.database.ask((client) -> take(client, key));
		if (wait > 0) {
			this.blocked.put(name, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait));
		}
		return wait;
	}

	private long take(JdbcClient client, String key) {
		if (!run(client, TAKE, key).query(Long.class).list().isEmpty()) {
			return 0;
		}
		List<Long> waits = run(client, WAIT, key).query(Long.class).list();
		return Math.max(1, (waits.isEmpty()) ? 1 : waits.get(0));
	}

	private JdbcClient.StatementSpec run(JdbcClient client, String sql, String key) {
		JdbcClient.StatementSpec statement = client.sql(sql).param("name", key).param("refill", this.refill);
		return (sql.contains(":capacity")) ? statement.param("capacity", this.capacity) : statement;
	}

	@Override
	public void giveBack(String name) {
		this.blocked.invalidate(name);
		try {
			giveBack(name, 1);
		}
		catch (DataAccessException ex) {
			// Whoever got in must not be refused.
		}
	}

	private void repay(String name) {
		Integer count = this.owed.asMap().remove(name);
		if (count != null) {
			giveBack(name, count);
		}
	}

	/** Gives some back, or notes that they are owed and throws. */
	private void giveBack(String name, int count) {
		try {
			this.database.ask((client) -> run(client, GIVE_BACK, key(this.kind, name)).param("count", count).update());
		}
		catch (DataAccessException ex) {
			this.owed.asMap().merge(name, count, Integer::sum);
			throw ex;
		}
	}

	@Override
	public long size() {
		this.blocked.cleanUp();
		return this.blocked.estimatedSize();
	}

	/** What stands for a name in the table. */
	static String key(String kind, String name) {
		byte[] digest = Sha256.of((kind + '\0' + name).getBytes(StandardCharsets.UTF_8));
		return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
	}

}
