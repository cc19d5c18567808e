package dev.usher.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Our row beside each Spring Session that is a login: what opens it. Whose it is and its
 * times are Spring Session's. A row goes when its Spring Session goes. Whoever changes
 * both locks the Spring Session first, and several in the order of the ids that are
 * shown, so that no two wait for each other.
 */
@Repository
class SessionTable {

	private static final String SELECT = """
			SELECT s.session_id, p.PRINCIPAL_NAME, p.EXPIRY_TIME, s.generation_hash, s.previous_hash,
				s.generation, s.rotated_at, s.roles, s.key_thumbprint
			FROM sessions s JOIN SPRING_SESSION p ON p.SESSION_ID = s.store_id
			""";

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	private final TransactionTemplate transaction;

	SessionTable(JdbcClient jdbc, JdbcTemplate template, TransactionTemplate transaction) {
		this.jdbc = jdbc;
		this.template = template;
		this.transaction = transaction;
	}

	/**
	 * Writes a session down.
	 * @param roles of an account elsewhere, or null for an account here
	 */
	void insert(String sessionId, String storeId, RefreshToken token, NewSession opening, @Nullable Set<String> roles) {
		SessionCookie cookie = opening.cookie();
		this.jdbc.sql("""
				INSERT INTO sessions (session_id, store_id, family_hash, generation_hash, cookie_hash, roles,
					key_thumbprint)
				VALUES (?, ?, ?, ?, ?, ?, ?)
				""")
			.param(sessionId)
			.param(storeId)
			.param(token.familyHash())
			.param(token.generationHash())
			.param((cookie != null) ? cookie.hash() : null)
			.param((roles != null) ? String.join(" ", new TreeSet<>(roles)) : null)
			.param(opening.keyThumbprint())
			.update();
	}

	Optional<SessionRow> find(String sessionId) {
		if (!ID.matcher(sessionId).matches()) {
			return Optional.empty();
		}
		return this.jdbc.sql(SELECT + "WHERE s.session_id = ?").param(sessionId).query(SessionTable::read).optional();
	}

	/** When the login was made. */
	Optional<Instant> findCreation(String sessionId) {
		return this.jdbc.sql("""
				SELECT p.CREATION_TIME FROM SPRING_SESSION p JOIN sessions s ON s.store_id = p.SESSION_ID
				WHERE s.session_id = ?
				""").param(sessionId).query(Long.class).optional().map(Instant::ofEpochMilli);
	}

	Optional<SessionRow> findByFamily(RefreshToken token) {
		return this.jdbc.sql(SELECT + "WHERE s.family_hash = ?")
			.param(token.familyHash())
			.query(SessionTable::read)
			.optional();
	}

	Optional<SessionRow> findByCookie(String hash) {
		return this.jdbc.sql(SELECT + "WHERE s.cookie_hash = ?").param(hash).query(SessionTable::read).optional();
	}

	/** The id clients see of a Spring Session, if that is a login. */
	Optional<String> findByStoreId(String storeId) {
		return this.jdbc.sql("SELECT session_id FROM sessions WHERE store_id = ?")
			.param(storeId)
			.query(String.class)
			.optional();
	}

	/** Some of the sessions that have expired. */
	List<String> findExpired(Instant now, int limit) {
		return this.jdbc.sql("""
				SELECT s.session_id FROM SPRING_SESSION p JOIN sessions s ON s.store_id = p.SESSION_ID
				WHERE p.EXPIRY_TIME <= ? ORDER BY p.EXPIRY_TIME LIMIT ?
				""").params(now.toEpochMilli(), limit).query(String.class).list();
	}

	/**
	 * Locks the Spring Session of a session until the transaction ends. Of any number who
	 * want to end one at once, on all nodes, one finds it.
	 * @return its Spring Session, if it is there
	 */
	Optional<Held> hold(String sessionId) {
		return hold(sessionId, Long.MAX_VALUE);
	}

	/** The same if it has expired: a refresh may just have lengthened it. */
	Optional<Held> holdExpired(String sessionId, Instant now) {
		return hold(sessionId, now.toEpochMilli());
	}

	private Optional<Held> hold(String sessionId, long expiredBy) {
		if (!ID.matcher(sessionId).matches()) {
			return Optional.empty();
		}
		return this.jdbc.sql("""
				SELECT SESSION_ID, PRINCIPAL_NAME FROM SPRING_SESSION
				WHERE SESSION_ID = (SELECT store_id FROM sessions WHERE session_id = ?) AND EXPIRY_TIME <= ?
				FOR UPDATE
				""")
			.params(sessionId, expiredBy)
			.query((row, number) -> new Held(row.getString(1), row.getString(2)))
			.optional();
	}

	/**
	 * Puts the next generation in the place of the one presented, if that is still the
	 * one that is right, and moves the times of the Spring Session. Of any number who try
	 * with the same token at once, one succeeds. Where it was another, the caller rolls
	 * the transaction back.
	 * @return whether it was this one
	 */
	boolean rotate(SessionRow row, RefreshToken next, Instant now, Instant expiresAt) {
		int held = this.jdbc.sql("""
				UPDATE SPRING_SESSION SET LAST_ACCESS_TIME = ?, MAX_INACTIVE_INTERVAL = ?, EXPIRY_TIME = ?
				WHERE SESSION_ID = (SELECT store_id FROM sessions WHERE session_id = ?)
				""")
			.params(now.toEpochMilli(), interval(now, expiresAt), expiresAt.toEpochMilli(), row.sessionId())
			.update();
		return held == 1 && this.jdbc.sql("""
				UPDATE sessions SET generation_hash = ?, previous_hash = ?, generation = ?, rotated_at = ?
				WHERE session_id = ? AND generation_hash = ?
				""")
			.params(next.generationHash(), row.generationHash(), row.generation() + 1, now.toEpochMilli(),
					row.sessionId(), row.generationHash())
			.update() == 1;
	}

	/** Never negative: for Spring Session that is a session without an end. */
	private static long interval(Instant now, Instant expiresAt) {
		return Math.min(Math.max(Duration.between(now, expiresAt).toSeconds(), 0), Integer.MAX_VALUE);
	}

	/**
	 * Writes down when sessions were last in use, all or none. Their Spring Sessions
	 * expire no later for it: the interval becomes what is left.
	 * @param times by the ids of the sessions
	 */
	void seen(Map<String, Instant> times) {
		List<Object[]> rows = new ArrayList<>();
		new TreeMap<>(times).forEach((sessionId, at) -> {
			long millis = at.toEpochMilli();
			rows.add(new Object[] { millis, millis, sessionId, millis, millis });
		});
		this.transaction.executeWithoutResult((status) -> this.template.batchUpdate("""
				UPDATE SPRING_SESSION SET LAST_ACCESS_TIME = ?, MAX_INACTIVE_INTERVAL =
					CASE WHEN MAX_INACTIVE_INTERVAL < 0 THEN MAX_INACTIVE_INTERVAL
						ELSE CAST(LEAST((EXPIRY_TIME - ?) / 1000, 2147483647) AS INT) END
				WHERE SESSION_ID = (SELECT store_id FROM sessions WHERE session_id = ?)
					AND LAST_ACCESS_TIME < ? AND EXPIRY_TIME > ?
				""", rows));
	}

	private static SessionRow read(ResultSet row, int number) throws SQLException {
		return new SessionRow(row.getString("session_id"), row.getString("PRINCIPAL_NAME"),
				row.getString("generation_hash"), row.getString("previous_hash"), row.getLong("generation"),
				instant(row, "rotated_at"), instant(row, "EXPIRY_TIME"), roles(row.getString("roles")),
				row.getString("key_thumbprint"));
	}

	private static @Nullable Set<String> roles(@Nullable String words) {
		if (words == null) {
			return null;
		}
		return words.isEmpty() ? Set.of() : Set.of(words.split(" "));
	}

	private static Instant instant(ResultSet row, String column) throws SQLException {
		return Instant.ofEpochMilli(row.getLong(column));
	}

	/**
	 * A Spring Session that is locked.
	 *
	 * @param storeId its id
	 * @param username whose it is
	 */
	record Held(String storeId, String username) {

	}

}
