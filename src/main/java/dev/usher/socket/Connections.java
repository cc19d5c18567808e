package dev.usher.socket;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.token.Revocation;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Every connection of this node, and which of them belong to a session.
 */
@Component
class Connections {

	private final Set<StompConnection> all = ConcurrentHashMap.newKeySet();

	private final ConcurrentHashMap<String, Integer> perSession = new ConcurrentHashMap<>();

	void opened(StompConnection connection) {
		this.all.add(connection);
	}

	void connected(StompConnection connection) {
		Caller caller = connection.caller();
		if (caller != null && caller.sessionId() != null) {
			this.perSession.merge(caller.sessionId(), 1, Integer::sum);
		}
	}

	/** The session is over, once for each that was connected. */
	void released(StompConnection connection) {
		Caller caller = connection.caller();
		if (caller != null && caller.sessionId() != null) {
			this.perSession.computeIfPresent(caller.sessionId(), (id, count) -> (count > 1) ? count - 1 : null);
		}
	}

	void closed(StompConnection connection) {
		this.all.remove(connection);
	}

	int ofSession(String sessionId) {
		return this.perSession.getOrDefault(sessionId, 0);
	}

	/** How many there are, connected or not. */
	int size() {
		return this.all.size();
	}

	/** Ends every connection that lives by a revoked token. */
	@EventListener
	void onRevocation(Revocation revocation) {
		for (StompConnection connection : this.all) {
			Caller caller = connection.caller();
			if (caller != null && revocation.matches(caller)) {
				connection.end(Ending.of(Reason.REVOKED));
			}
		}
	}

}
