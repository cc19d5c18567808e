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
 * counted. Names are kept as digests, because people type passwords where their name
 * belongs.
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

	private static final String GIVE_BACK = "UPDATE throttles SET full_at = full_at - :refill WHERE name = :name";

	private final PromptDatabase database;

	private final String kind;

	private final long refill;

	private final long capacity;

	/** By name, until when there is no token, in nanoseconds of the machine. */
	private final Cache<String, Long> blocked;

	SharedBuckets(PromptDatabase database, String kind, int attempts, Duration refill, int remembered) {
		this.database = database;
		this.kind = kind;
		this.refill = refill.toMillis();
		this.capacity = attempts * this.refill;
		this.blocked = Caffeine.newBuilder().maximumSize(remembered).expireAfterWrite(refill).build();
	}

	@Override
	public long take(String name) {
		Long until = this.blocked.getIfPresent(name);
		long left = (until != null) ? TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()) : 0;
		if (left > 0) {
			return left;
		}
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
			this.database.ask((client) -> run(client, GIVE_BACK, key(this.kind, name)).update());
		}
		catch (DataAccessException ex) {
			// A token comes back by itself in time, and whoever got in must not be
			// refused.
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
