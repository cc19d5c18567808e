package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.stereotype.Component;

/**
 * The Spring Sessions behind our sessions: whose a login is, its times and its device.
 * Every call blocks for the database.
 */
@Component
class SessionStore {

	private static final String SESSION_ID = "usher.session-id";

	private static final String DEVICE = "usher.device";

	private static final String IP = "usher.ip";

	private static final String PASSKEY = "usher.passkey";

	private static final Comparator<StoredSession> OLDEST_FIRST = Comparator.comparing(StoredSession::createdAt)
		.thenComparing(StoredSession::sessionId);

	private final LoginSessionRepository repository;

	private final Clock clock;

	SessionStore(LoginSessionRepository repository, Clock clock) {
		this.repository = repository;
		this.clock = clock;
	}

	/**
	 * Makes a Spring Session, which expires {@code usher.session.lifetime} from now.
	 * @param passkeyId the passkey that opened it, or null where it was none
	 * @return its id, a secret of the server's
	 */
	String create(String username, String sessionId, Device device, @Nullable String passkeyId) {
		return create(this.repository, username, sessionId, device, passkeyId, this.clock.instant());
	}

	/** The store's own session type is hidden; its name is caught by this parameter. */
	private static <S extends Session> String create(FindByIndexNameSessionRepository<S> repository, String username,
			String sessionId, Device device, @Nullable String passkeyId, Instant now) {
		S session = repository.createSession();
		session.setLastAccessedTime(now);
		session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, username);
		session.setAttribute(SESSION_ID, sessionId);
		session.setAttribute(DEVICE, device.name());
		session.setAttribute(IP, device.ip());
		if (passkeyId != null) {
			session.setAttribute(PASSKEY, passkeyId);
		}
		repository.save(session);
		return session.getId();
	}

	/**
	 * Ends a session with all that came from it.
	 * @param sessionId the id clients see
	 */
	void end(String sessionId) {
		this.repository.end(sessionId);
	}

	/** All sessions of a user, the oldest first; some may have expired. */
	List<StoredSession> findByUsername(String username) {
		List<StoredSession> stored = new ArrayList<>();
		// In a loop: the store's own session type is hidden, and a stream would be of it.
		for (Session session : this.repository.findByPrincipalName(username).values()) {
			read(session).ifPresent(stored::add);
		}
		stored.sort(OLDEST_FIRST);
		return stored;
	}

	/** Empty for a Spring Session that is no login. */
	private static Optional<StoredSession> read(Session session) {
		String sessionId = session.getAttribute(SESSION_ID);
		if (sessionId == null) {
			return Optional.empty();
		}
		Device device = Device.of(session.getAttribute(DEVICE), null, session.getAttribute(IP));
		Instant seenAt = session.getLastAccessedTime();
		Duration left = session.getMaxInactiveInterval();
		// To Spring Session a negative interval is a session without an end.
		Instant expiresAt = left.isNegative() ? Instant.MAX : seenAt.plus(left);
		return Optional.of(new StoredSession(sessionId, device, session.getCreationTime(), seenAt, expiresAt,
				session.getAttribute(PASSKEY)));
	}

}
