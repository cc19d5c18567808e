package dev.usher.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.account.MeantAccounts;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where a user is logged in, for those who look after the gateway. */
@RestController
class UserSessionController {

	private final Sessions sessions;

	private final MeantAccounts accounts;

	private final Administration administration;

	private final ObjectProvider<LiveConnections> connections;

	UserSessionController(Sessions sessions, MeantAccounts accounts, Administration administration,
			ObjectProvider<LiveConnections> connections) {
		this.sessions = sessions;
		this.accounts = accounts;
		this.administration = administration;
		this.connections = connections;
	}

	/** There are {@code usher.session.max-per-user} at most. */
	@GetMapping(path = "/admin/sessions", produces = MediaType.APPLICATION_JSON_VALUE)
	List<View> list(@AuthenticationPrincipal Caller caller, @RequestParam String username) {
		this.administration.requireOperator(caller);
		if (username.isEmpty() || username.length() > Destination.MAX_USERNAME || !TextRules.isPrintable(username)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Parameter \"username\" is no name.");
		}
		String name = this.accounts.spell(username);
		List<StoredSession> found = this.sessions.list(name);
		Map<String, Integer> counts = this.connections.getIfAvailable(() -> (ids) -> Map.of())
			.count(found.stream().map(StoredSession::sessionId).toList());
		return found.stream().map((session) -> View.of(name, session, counts)).toList();
	}

	/**
	 * A session as an operator sees it.
	 *
	 * @param username whose it is
	 * @param sessionId its id
	 * @param device what the client calls itself
	 * @param ip the address of the login
	 * @param createdAt when they logged in
	 * @param lastSeenAt when it was last used, to a minute
	 * @param expiresAt when it ends unless it is refreshed; absent where it never does
	 * @param connections how many connections of it are open, on all nodes
	 */
	record View(String username, String sessionId, String device, String ip, Instant createdAt, Instant lastSeenAt,
			@Nullable Instant expiresAt, int connections) {

		static View of(String username, StoredSession session, Map<String, Integer> counts) {
			Instant end = session.expiresAt().equals(Instant.MAX) ? null : session.expiresAt();
			return new View(username, session.sessionId(), session.device().name(), session.device().ip(),
					session.createdAt(), session.lastSeenAt(), end, counts.getOrDefault(session.sessionId(), 0));
		}

	}

}
