package dev.usher.session;

import java.time.Instant;
import java.util.Optional;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The hashes of tickets. A row goes when its session goes. */
@Repository
class TicketTable {

	private final JdbcClient jdbc;

	TicketTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Writes a ticket down.
	 * @return whether its session was still there
	 */
	boolean insert(String hash, String sessionId, Instant expiresAt) {
		try {
			this.jdbc.sql("INSERT INTO tickets (ticket_hash, session_id, expires_at) VALUES (?, ?, ?)")
				.params(hash, sessionId, expiresAt.toEpochMilli())
				.update();
			return true;
		}
		catch (DataIntegrityViolationException ex) {
			return false;
		}
	}

	/** Forgets all but the newest of a session. */
	void keepNewest(String sessionId, int count) {
		this.jdbc.sql("""
				DELETE FROM tickets WHERE session_id = ? AND ticket_hash NOT IN
					(SELECT ticket_hash FROM tickets WHERE session_id = ?
						ORDER BY expires_at DESC, ticket_hash LIMIT ?)
				""").params(sessionId, sessionId, count).update();
	}

	/**
	 * Takes a ticket. Of any number who try with the same at once, one finds its session:
	 * the database deletes a row once.
	 * @return its session, unless it was taken before or is too old
	 */
	Optional<String> take(String hash, Instant now) {
		Optional<String> session = this.jdbc
			.sql("SELECT session_id FROM tickets WHERE ticket_hash = ? AND expires_at > ?")
			.params(hash, now.toEpochMilli())
			.query(String.class)
			.optional();
		int deleted = this.jdbc.sql("DELETE FROM tickets WHERE ticket_hash = ?").param(hash).update();
		return (deleted == 1) ? session : Optional.empty();
	}

	void deleteExpired(Instant now) {
		this.jdbc.sql("DELETE FROM tickets WHERE expires_at <= ?").param(now.toEpochMilli()).update();
	}

}
