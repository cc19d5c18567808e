package dev.usher.session;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.SchedulingConfiguration;
import dev.usher.token.Revocations;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Session's JDBC store, whose sessions are logins. Whatever ends one — a logout,
 * {@link #deleteById} of an extension, Spring Session's own expiry or its clean-up — ends
 * in {@link #end}, so that its tokens and its connections end with it. Each call joins
 * the transaction it is made in. Any thread may call; all but the getters block for the
 * database.
 */
class LoginSessionRepository extends JdbcIndexedSessionRepository {

	/** Ids of expired sessions that are read at once. */
	private static final int BATCH = 500;

	/**
	 * Of Spring Session's own this leaves out the sessions that never expire, which could
	 * then not be ended at all.
	 */
	private static final String DELETE = "DELETE FROM %TABLE_NAME% WHERE SESSION_ID = ?";

	/** Leaves the logins, which have to be ended one by one. */
	private static final String DELETE_EXPIRED = """
			DELETE FROM %TABLE_NAME% WHERE EXPIRY_TIME < ?
				AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.store_id = %TABLE_NAME%.SESSION_ID)
			""";

	/** Spring Session reads rows of one session as such only where they come together. */
	private static final String LIST = """
			SELECT S.PRIMARY_ID, S.SESSION_ID, S.CREATION_TIME, S.LAST_ACCESS_TIME, S.MAX_INACTIVE_INTERVAL,
				SA.ATTRIBUTE_NAME, SA.ATTRIBUTE_BYTES
			FROM %TABLE_NAME% S LEFT JOIN %TABLE_NAME%_ATTRIBUTES SA ON S.PRIMARY_ID = SA.SESSION_PRIMARY_ID
			WHERE S.PRINCIPAL_NAME = ? ORDER BY S.PRIMARY_ID
			""";

	private final TransactionTemplate transaction;

	private final SessionTable table;

	private final Revocations revocations;

	private final Clock clock;

	LoginSessionRepository(JdbcTemplate jdbc, TransactionTemplate transaction, SessionTable table,
			Revocations revocations, Clock clock) {
		super(jdbc, transaction);
		this.transaction = transaction;
		this.table = table;
		this.revocations = revocations;
		this.clock = clock;
		setDeleteSessionQuery(DELETE);
		setDeleteSessionsByExpiryTimeQuery(DELETE_EXPIRED);
		setListSessionsByPrincipalNameQuery(LIST);
	}

	/**
	 * Ends a login: the one place where one ends. To end one that is not there does
	 * nothing.
	 * @param sessionId the id clients see
	 */
	void end(String sessionId) {
		this.transaction
			.executeWithoutResult((status) -> this.table.hold(sessionId).ifPresent((held) -> end(sessionId, held)));
	}

	private void end(String sessionId, SessionTable.Held held) {
		super.deleteById(held.storeId());
		this.revocations.revokeSession(sessionId, held.username());
	}

	/** Also what {@link #findById} does with a session that has expired. */
	@Override
	public void deleteById(String id) {
		this.table.findByStoreId(id).ifPresentOrElse(this::end, () -> super.deleteById(id));
	}

	/**
	 * Ends the logins that have expired, each once whatever number of nodes do so, and
	 * deletes other sessions that have. On the gateway's own scheduler: Spring Session's
	 * would be a thread whose fatal errors nobody sees.
	 */
	@Override
	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	public void cleanUpExpiredSessions() {
		Instant now = this.clock.instant();
		List<String> expired;
		do {
			expired = this.table.findExpired(now, BATCH);
			expired.forEach((sessionId) -> endExpired(sessionId, now));
		}
		while (expired.size() == BATCH);
		super.cleanUpExpiredSessions();
	}

	private void endExpired(String sessionId, Instant now) {
		this.transaction.executeWithoutResult((status) -> {
			Optional<SessionTable.Held> held = this.table.holdExpired(sessionId, now);
			held.ifPresent((session) -> end(sessionId, session));
		});
	}

}
