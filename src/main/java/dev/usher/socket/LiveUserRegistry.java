package dev.usher.socket;

import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.access.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.user.SimpSession;
import org.springframework.messaging.simp.user.SimpSubscription;
import org.springframework.messaging.simp.user.SimpSubscriptionMatcher;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.stereotype.Component;

/**
 * Who is connected to this node and what they have subscribed to, read off the
 * connections when somebody asks: nothing is kept for it, so it costs the asker alone.
 * {@link #getUser} looks at one user, the others at all connections.
 */
@Component("usherUserRegistry")
class LiveUserRegistry implements SimpUserRegistry {

	private final Connections connections;

	LiveUserRegistry(Connections connections) {
		this.connections = connections;
	}

	@Override
	public @Nullable SimpUser getUser(String userName) {
		List<StompConnection> theirs = this.connections.connectedOf(userName);
		return (theirs.isEmpty()) ? null : new User(userName, theirs);
	}

	@Override
	public Set<SimpUser> getUsers() {
		Map<String, List<StompConnection>> byName = new HashMap<>();
		for (StompConnection connection : this.connections.all()) {
			Caller caller = connection.caller();
			if (caller != null && connection.state() == StompConnection.State.CONNECTED) {
				byName.computeIfAbsent(caller.name(), (name) -> new ArrayList<>(1)).add(connection);
			}
		}
		Set<SimpUser> users = new HashSet<>();
		byName.forEach((name, theirs) -> users.add(new User(name, theirs)));
		return users;
	}

	@Override
	public int getUserCount() {
		return getUsers().size();
	}

	@Override
	public Set<SimpSubscription> findSubscriptions(SimpSubscriptionMatcher matcher) {
		Set<SimpSubscription> found = new LinkedHashSet<>();
		for (SimpUser user : getUsers()) {
			for (SimpSession session : user.getSessions()) {
				session.getSubscriptions().stream().filter(matcher::match).forEach(found::add);
			}
		}
		return found;
	}

	/**
	 * A user as they were when somebody asked.
	 *
	 * @param name their name
	 * @param connections theirs, at least one
	 */
	private record User(String name, List<StompConnection> connections) implements SimpUser {

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public @Nullable Principal getPrincipal() {
			return this.connections.get(0).user();
		}

		@Override
		public boolean hasSessions() {
			return true;
		}

		@Override
		public @Nullable SimpSession getSession(String sessionId) {
			return getSessions().stream()
				.filter((session) -> session.getId().equals(sessionId))
				.findFirst()
				.orElse(null);
		}

		@Override
		public Set<SimpSession> getSessions() {
			Set<SimpSession> sessions = new LinkedHashSet<>();
			this.connections.forEach((connection) -> sessions.add(new Session(this, connection)));
			return sessions;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof SimpUser that && this.name.equals(that.getName());
		}

		@Override
		public int hashCode() {
			return this.name.hashCode();
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	private record Session(User user, StompConnection connection) implements SimpSession {

		@Override
		public String getId() {
			return this.connection.id();
		}

		@Override
		public SimpUser getUser() {
			return this.user;
		}

		@Override
		public Set<SimpSubscription> getSubscriptions() {
			Set<SimpSubscription> subscriptions = new LinkedHashSet<>();
			this.connection.subscriptions()
				.byId()
				.forEach((id, each) -> subscriptions
					.add(new SubscriptionOfSession(this, id, each.destination().asSubscribed())));
			return subscriptions;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof SimpSession that && getId().equals(that.getId());
		}

		@Override
		public int hashCode() {
			return getId().hashCode();
		}

		@Override
		public String toString() {
			return getId();
		}

	}

	private record SubscriptionOfSession(Session session, String id, String destination) implements SimpSubscription {

		@Override
		public String getId() {
			return this.id;
		}

		@Override
		public SimpSession getSession() {
			return this.session;
		}

		@Override
		public String getDestination() {
			return this.destination;
		}

	}

}
