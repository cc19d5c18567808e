package dev.usher.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Our row beside each Spring Session. A row goes when its Spring Session goes.
 */
@Repository
class SessionTable {

	private static final String SELECT = """
			SELECT s.session_id, s.store_id, p.PRINCIPAL_NAME, s.generation_hash, s.previous_hash,
				s.generation, s.rotated_at, s.created_at, s.last_seen_at,
				s.expires_at, s.roles
			FROM sessions s JOIN SPRING_SESSION p ON p.SESSION_ID = s.store_id
			""";

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

	private final JdbcClient jdbc;

	SessionTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Writes a session down.
	 * @param roles of an account elsewhere, or null for an account here
	 */
	void insert(String sessionId, String storeId, RefreshToken token, @Nullable SessionCookie cookie,
			@Nullable Set<String> roles, Instant now, Instant expiresAt) {
		this.jdbc.sql("""
				INSERT INTO sessions
					(session_id, store_id, family_hash, generation_hash, cookie_hash, created_at, last_seen_at,
						expires_at, roles)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				""")
			.param(sessionId)
			.param(storeId)
			.param(token.familyHash())
			.param(token.generationHash())
			.param((cookie != null) ? cookie.hash() : null)
			.param(now.toEpochMilli())
			.param(now.toEpochMilli())
			.param(expiresAt.toEpochMilli())
			.param((roles != null) ? String.join(" ", new TreeSet<>(roles)) : null)
			.update();
	}

	Optional<SessionRow> find(String sessionId) {
		if (!ID.matcher(sessionId).matches()) {
			return Optional.empty();
		}
		return this.jdbc.sql(SELECT + "WHERE s.session_id = ?").param(sessionId).query(SessionTable::read).optional();
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

	/** All sessions of a user, the oldest first. */
	List<SessionRow> findByUsername(String username) {
		return this.jdbc.sql(SELECT + "WHERE p.PRINCIPAL_NAME = ? ORDER BY s.created_at, s.session_id")
			.param(username)
			.query(SessionTable::read)
			.list();
	}

	/** Some of the sessions that have expired. */
	List<String> findExpired(Instant now, int limit) {
		return this.jdbc.sql("SELECT session_id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?")
			.params(now.toEpochMilli(), limit)
			.query(String.class)
			.list();
	}

	/**
	 * Puts the next generation in the place of the one presented, if that is still the
	 * one that is right. Of any number who try with the same token at once, one succeeds.
	 * @return whether it was this one
	 */
	boolean rotate(SessionRow row, RefreshToken next, Instant now, Instant expiresAt) {
		return this.jdbc.sql("""
				UPDATE sessions SET generation_hash = ?, previous_hash = ?, generation = ?, rotated_at = ?,
					last_seen_at = ?, expires_at = ?
				WHERE session_id = ? AND generation_hash = ?
				""")
			.params(next.generationHash(), row.generationHash(), row.generation() + 1, now.toEpochMilli(),
					now.toEpochMilli(), expiresAt.toEpochMilli(), row.sessionId(), row.generationHash())
			.update() == 1;
	}

	void seen(String sessionId, Instant at) {
		this.jdbc.sql("UPDATE sessions SET last_seen_at = ? WHERE session_id = ? AND last_seen_at < ?")
			.params(at.toEpochMilli(), sessionId, at.toEpochMilli())
			.update();
	}

	private static SessionRow read(ResultSet row, int number) throws SQLException {
		return new SessionRow(row.getString("session_id"), row.getString("store_id"), row.getString("PRINCIPAL_NAME"),
				row.getString("generation_hash"), row.getString("previous_hash"), row.getLong("generation"),
				instant(row, "rotated_at"), instant(row, "created_at"), instant(row, "last_seen_at"),
				instant(row, "expires_at"), roles(row.getString("roles")));
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

}
