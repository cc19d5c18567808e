package dev.usher.session;

import java.util.HashMap;
import java.util.Map;

import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.stereotype.Component;

/**
 * The Spring Sessions behind our sessions: what is known of a login beside its times and
 * its refresh token.
 */
@Component
class SessionStore {

	private static final String SESSION_ID = "usher.session-id";

	private static final String DEVICE = "usher.device";

	private static final String IP = "usher.ip";

	private final JdbcIndexedSessionRepository repository;

	SessionStore(JdbcIndexedSessionRepository repository) {
		this.repository = repository;
	}

	/**
	 * Makes a Spring Session.
	 * @return its id, a secret of the server's
	 */
	String create(String username, String sessionId, Device device) {
		return create(this.repository, username, sessionId, device);
	}

	/** The store's own session type is hidden; its name is caught by this parameter. */
	private static <S extends Session> String create(FindByIndexNameSessionRepository<S> repository, String username,
			String sessionId, Device device) {
		S session = repository.createSession();
		session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, username);
		session.setAttribute(SESSION_ID, sessionId);
		session.setAttribute(DEVICE, device.name());
		session.setAttribute(IP, device.ip());
		repository.save(session);
		return session.getId();
	}

	void delete(String storeId) {
		this.repository.deleteById(storeId);
	}

	/** The devices of a user's sessions, by the id clients see. */
	Map<String, Device> devices(String username) {
		Map<String, Device> devices = new HashMap<>();
		for (Session session : this.repository.findByPrincipalName(username).values()) {
			String sessionId = session.getAttribute(SESSION_ID);
			if (sessionId != null) {
				devices.put(sessionId, Device.of(session.getAttribute(DEVICE), null, session.getAttribute(IP)));
			}
		}
		return devices;
	}

}
