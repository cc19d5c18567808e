package dev.usher.socket;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.access.Caller;
import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import dev.usher.token.Revocation;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Every connection of this node: how many are not authenticated yet for each address, and
 * which belong to a session and to a user. Any thread may call.
 */
@Component
class Connections {

	private final ConcurrentHashMap<String, StompConnection> all = new ConcurrentHashMap<>();

	private final Tally pendingPerAddress = new Tally();

	private final Tally perAddress = new Tally();

	private final Tally perSession = new Tally();

	/**
	 * A user's connections, oldest first; kept only where they are limited. Arrays that
	 * are never changed, because most users have one and nothing is smaller.
	 */
	private final ConcurrentHashMap<String, StompConnection[]> perUser = new ConcurrentHashMap<>();

	private final boolean countsUsers;

	private final int pendingLimit;

	private final Bus bus;

	Connections(SocketProperties properties, Bus bus) {
		this.bus = bus;
		this.countsUsers = properties.connect().perUser() > 0;
		this.pendingLimit = properties.connect().pendingPerAddress();
	}

	/**
	 * Counts it among those that are not authenticated; says whether there was room. Many
	 * handshakes at once have all been told so, and only here is it certain.
	 */
	boolean opened(StompConnection connection) {
		this.all.put(connection.id(), connection);
		return this.pendingPerAddress.add(connection.address(), this.pendingLimit) || !connection.endPending();
	}

	/** It is no longer one of those that may still turn out to be nobody's. */
	void authenticated(StompConnection connection) {
		if (connection.endPending()) {
			this.pendingPerAddress.remove(connection.address());
		}
	}

	/** A caller's token holds the connection open. */
	void joined(StompConnection connection, Caller caller) {
		this.bus.want(BusChannel.user(caller.name()));
		this.perAddress.add(connection.address(), 0);
		if (caller.sessionId() != null) {
			this.perSession.add(caller.sessionId(), 0);
		}
		if (this.countsUsers) {
			this.perUser.merge(caller.name(), new StompConnection[] { connection }, Connections::join);
		}
	}

	/** A newer token of the same user took over. */
	void moved(Caller before, Caller next) {
		if (next.sessionId() != null) {
			this.perSession.add(next.sessionId(), 0);
		}
		if (before.sessionId() != null) {
			this.perSession.remove(before.sessionId());
		}
	}

	/** No token does any longer; once for each time it was {@link #joined}. */
	void left(StompConnection connection, Caller caller) {
		this.bus.unwant(BusChannel.user(caller.name()));
		this.perAddress.remove(connection.address());
		if (caller.sessionId() != null) {
			this.perSession.remove(caller.sessionId());
		}
		this.perUser.computeIfPresent(caller.name(), (name, theirs) -> without(theirs, connection));
	}

	private static StompConnection[] join(StompConnection[] theirs, StompConnection[] more) {
		StompConnection[] all = Arrays.copyOf(theirs, theirs.length + more.length);
		System.arraycopy(more, 0, all, theirs.length, more.length);
		return all;
	}

	private static StompConnection @Nullable [] without(StompConnection[] theirs, StompConnection connection) {
		StompConnection[] rest = Arrays.stream(theirs)
			.filter((each) -> each != connection)
			.toArray(StompConnection[]::new);
		return (rest.length > 0) ? rest : null;
	}

	void closed(StompConnection connection) {
		this.all.remove(connection.id());
		authenticated(connection);
	}

	int pendingOf(String address) {
		return this.pendingPerAddress.count(address);
	}

	int ofAddress(String address) {
		return this.perAddress.count(address);
	}

	int ofSession(String sessionId) {
		return this.perSession.count(sessionId);
	}

	int ofUser(String name) {
		StompConnection[] theirs = this.perUser.get(name);
		return (theirs != null) ? theirs.length : 0;
	}

	/** The connection a user has had longest, or null where they have none. */
	@Nullable StompConnection oldestOf(String name) {
		StompConnection[] theirs = this.perUser.get(name);
		return (theirs != null) ? theirs[0] : null;
	}

	/** How many there are, connected or not. */
	int size() {
		return this.all.size();
	}

	/** All there are at this moment. */
	Collection<StompConnection> all() {
		return List.copyOf(this.all.values());
	}

	/** The one whose session is CONNECTED and has this id, or null. */
	@Nullable StompConnection connected(String id) {
		StompConnection connection = this.all.get(id);
		return (connection != null && connection.state() == State.CONNECTED) ? connection : null;
	}

	/** Those of a user that are CONNECTED. */
	List<StompConnection> connectedOf(String name) {
		StompConnection[] theirs = this.perUser.get(name);
		Collection<StompConnection> some = this.all.values();
		if (this.countsUsers) {
			some = (theirs != null) ? List.of(theirs) : List.of();
		}
		return some.stream().filter((each) -> isOf(each, name)).toList();
	}

	private static boolean isOf(StompConnection connection, String name) {
		Caller caller = connection.caller();
		return connection.state() == State.CONNECTED && caller != null && caller.name().equals(name);
	}

	/** How many bytes wait for all of them. */
	long queuedBytes() {
		return this.all.values().stream().mapToLong((connection) -> connection.outlet().socket().queuedBytes()).sum();
	}

	/** Ends every connection that lives by a revoked token. */
	@EventListener
	void onRevocation(Revocation revocation) {
		for (StompConnection connection : this.all.values()) {
			Caller caller = connection.caller();
			if (caller != null && revocation.matches(caller)) {
				connection.end(Ending.of(Reason.REVOKED));
			}
		}
	}

}
