package dev.usher.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.usher.access.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who one is, and where one is logged in. */
@RestController
@RequestMapping("/auth")
class SessionController {

	private final Sessions sessions;

	private final ObjectProvider<LiveConnections> connections;

	/**
	 * Who counts connections is asked for late, because they need {@link Sessions}
	 * themselves.
	 */
	SessionController(Sessions sessions, ObjectProvider<LiveConnections> connections) {
		this.sessions = sessions;
		this.connections = connections;
	}

	@GetMapping(path = "/me", produces = MediaType.APPLICATION_JSON_VALUE)
	Me me(@AuthenticationPrincipal Caller caller) {
		return new Me(caller.name(), new TreeSet<>(caller.roles()), caller.sessionId(), caller.expiresAt());
	}

	@GetMapping(path = "/sessions", produces = MediaType.APPLICATION_JSON_VALUE)
	List<View> list(@AuthenticationPrincipal Caller caller) {
		String current = OwnSession.of(caller);
		List<StoredSession> sessions = this.sessions.list(caller.name());
		Map<String, Integer> counts = this.connections.getIfAvailable(() -> (ids) -> Map.of())
			.count(sessions.stream().map(StoredSession::sessionId).toList());
		return sessions.stream().map((session) -> View.of(session, current, counts)).toList();
	}

	/**
	 * Who is calling.
	 *
	 * @param username their name
	 * @param roles in the order of the alphabet
	 * @param sessionId their session, absent for a token of another issuer
	 * @param expiresAt when their token ends
	 */
	record Me(String username, Set<String> roles, @Nullable String sessionId, Instant expiresAt) {

	}

	/**
	 * A session as its owner sees it.
	 *
	 * @param sessionId its id
	 * @param device what the client calls itself
	 * @param ip the address of the login
	 * @param createdAt when they logged in
	 * @param lastSeenAt when it was last used, to a minute
	 * @param current whether it is the one that asks
	 * @param connections how many connections of it are open, on all nodes
	 */
	record View(String sessionId, String device, String ip, Instant createdAt, Instant lastSeenAt, boolean current,
			int connections) {

		static View of(StoredSession session, String current, Map<String, Integer> counts) {
			String id = session.sessionId();
			return new View(id, session.device().name(), session.device().ip(), session.createdAt(),
					session.lastSeenAt(), id.equals(current), counts.getOrDefault(id, 0));
		}

	}

}
