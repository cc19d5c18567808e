package dev.usher.socket;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

import dev.usher.access.Caller;
import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.presence.Presence;
import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import dev.usher.thread.FailureLog;
import dev.usher.token.Revocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Every connection of this node: how many are not authenticated yet for each address, and
 * which belong to a user, to a session and to a token. Has other nodes count them too.
 * Any thread may call.
 */
@Component
class Connections {

	/** By id, in the order of ids, so that lists go on from one. */
	private final ConcurrentSkipListMap<String, StompConnection> all = new ConcurrentSkipListMap<>();

	private final Tally pendingPerAddress = new Tally();

	private final LongAdder pending = new LongAdder();

	private final LongAdder authenticated = new LongAdder();

	private final ConnectionIndex<StompConnection> ofUser = new ConnectionIndex<>();

	private final ConnectionIndex<StompConnection> ofSession = new ConnectionIndex<>();

	private final ConnectionIndex<StompConnection> ofToken = new ConnectionIndex<>();

	private final ConnectionIndex<StompConnection> ofAddress = new ConnectionIndex<>();

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(Connections.class),
			"A connection could not be ended as its token was");

	private final int pendingLimit;

	private final Bus bus;

	private final Presence presence;

	Connections(SocketProperties properties, Bus bus, Presence presence) {
		this.bus = bus;
		this.presence = presence;
		this.pendingLimit = properties.connect().pendingPerAddress();
		presence.attach(properties.connect().limit(), this::end);
	}

	/**
	 * Counts it among those that are not authenticated; says whether there was room. Many
	 * handshakes at once have all been told so, and only here is it certain.
	 */
	boolean opened(StompConnection connection) {
		this.all.put(connection.id(), connection);
		connection.beginPending();
		this.pending.increment();
		if (this.pendingPerAddress.add(connection.address(), this.pendingLimit)) {
			return true;
		}
		boolean refused = connection.endPending();
		if (refused) {
			this.pending.decrement();
		}
		return !refused;
	}

	/** It is no longer one of those that may still turn out to be nobody's. */
	void authenticated(StompConnection connection) {
		if (connection.endPending()) {
			this.pending.decrement();
			this.pendingPerAddress.remove(connection.address());
		}
	}

	/** A caller's token holds the connection open. */
	void joined(StompConnection connection, Caller caller) {
		this.authenticated.increment();
		this.bus.want(BusChannel.user(caller.name()));
		this.ofAddress.add(connection.address(), connection);
		this.ofUser.add(caller.name(), connection);
		add(this.ofSession, caller.sessionId(), connection);
		add(this.ofToken, caller.tokenId(), connection);
	}

	/**
	 * A newer token of the same user takes over. To be called before it does, so that its
	 * revocation finds the connection.
	 */
	void moving(StompConnection connection, Caller before, Caller next) {
		if (!Objects.equals(before.sessionId(), next.sessionId())) {
			add(this.ofSession, next.sessionId(), connection);
		}
		if (!Objects.equals(before.tokenId(), next.tokenId())) {
			add(this.ofToken, next.tokenId(), connection);
		}
	}

	/** It has taken over. */
	void moved(StompConnection connection, Caller before, Caller next) {
		if (!Objects.equals(before.sessionId(), next.sessionId())) {
			remove(this.ofSession, before.sessionId(), connection);
			countElsewhere(connection, next);
		}
		if (!Objects.equals(before.tokenId(), next.tokenId())) {
			remove(this.ofToken, before.tokenId(), connection);
		}
	}

	/** No token does any longer; once for each time it was {@link #joined}. */
	void left(StompConnection connection, Caller caller) {
		this.authenticated.decrement();
		this.bus.unwant(BusChannel.user(caller.name()));
		this.ofAddress.remove(connection.address(), connection);
		this.ofUser.remove(caller.name(), connection);
		remove(this.ofSession, caller.sessionId(), connection);
		remove(this.ofToken, caller.tokenId(), connection);
	}

	/** Whether a place among all connections of a user has to be reserved now. */
	boolean areReserved() {
		return this.presence.reserves();
	}

	/**
	 * Takes a place among the connections of a user on all nodes, until it is
	 * {@link #released}.
	 * @return whether there is one
	 */
	CompletableFuture<Boolean> reserve(StompConnection connection, Caller caller) {
		CompletableFuture<Boolean> place = this.presence.reserve(connection.id(), caller.name(), caller.sessionId());
		releaseIfEnded(connection);
		return place;
	}

	/** Has other nodes count a connection that is let in. */
	void countElsewhere(StompConnection connection, Caller caller) {
		this.presence.add(connection.id(), caller.name(), caller.sessionId());
		releaseIfEnded(connection);
	}

	/** Its end may have come before, and then it gave nothing up. */
	private void releaseIfEnded(StompConnection connection) {
		if (connection.state() == State.ENDED) {
			released(connection);
		}
	}

	/** It has ended, and takes no place on any node. */
	void released(StompConnection connection) {
		this.presence.remove(connection.id());
	}

	/**
	 * A newer one has its place, or an operator has ended it, on this node or another.
	 */
	private void end(String id, String username, boolean byOperator) {
		StompConnection connection = this.all.get(id);
		if (connection == null) {
			return;
		}
		Caller caller = connection.caller();
		if (caller != null && caller.name().equals(username)) {
			connection.end(Ending.of((byOperator) ? Reason.ENDED : Reason.REPLACED));
		}
	}

	private static void add(ConnectionIndex<StompConnection> index, @Nullable String key, StompConnection connection) {
		if (key != null) {
			index.add(key, connection);
		}
	}

	private static void remove(ConnectionIndex<StompConnection> index, @Nullable String key,
			StompConnection connection) {
		if (key != null) {
			index.remove(key, connection);
		}
	}

	void closed(StompConnection connection) {
		this.all.remove(connection.id());
		authenticated(connection);
	}

	int pendingOf(String address) {
		return this.pendingPerAddress.count(address);
	}

	int ofAddress(String address) {
		return this.ofAddress.count(address);
	}

	/** How many connections sessions have, on all nodes; asks the database. */
	Map<String, Integer> ofSessions(Collection<String> sessionIds) {
		Map<String, Integer> counts = new HashMap<>(this.presence.elsewhere(sessionIds));
		sessionIds.forEach((id) -> counts.merge(id, this.ofSession.count(id), Integer::sum));
		return counts;
	}

	int ofUser(String name) {
		return this.ofUser.count(name);
	}

	/** The connection a user has had longest, or null where they have none. */
	@Nullable StompConnection oldestOf(String name) {
		return this.ofUser.oldest(name);
	}

	/** How many there are, connected or not. */
	int size() {
		return this.all.size();
	}

	/** How many are not authenticated yet. */
	long pending() {
		return this.pending.sum();
	}

	/** How many a caller's token holds open. */
	long authenticated() {
		return this.authenticated.sum();
	}

	/** How many do not take what waits for them. */
	long slow() {
		return this.all.values().stream().filter((connection) -> connection.outlet().isSlow()).count();
	}

	/** All there are, in the order of ids, from the first behind an id on. */
	Collection<StompConnection> after(String id) {
		return this.all.tailMap(id, false).values();
	}

	/**
	 * Those of the smallest index that has all that a filter looks for: of its session,
	 * its user or its address.
	 */
	Collection<StompConnection> candidates(ConnectionFilter filter) {
		String network = filter.network();
		if (network != null && ofAddress(network) <= Math.min(count(this.ofSession, filter.sessionId()),
				count(this.ofUser, filter.username()))) {
			return this.ofAddress.all(network);
		}
		Collection<StompConnection> others = (filter.sessionId() != null) ? this.ofSession.all(filter.sessionId())
				: this.ofUser.all(String.valueOf(filter.username()));
		return (network == null) ? others
				: others.stream().filter((connection) -> connection.address().equals(network)).toList();
	}

	private static int count(ConnectionIndex<StompConnection> index, @Nullable String key) {
		return (key != null) ? index.count(key) : Integer.MAX_VALUE;
	}

	/** How many users are connected. */
	int users() {
		return this.ofUser.size();
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
		return this.ofUser.all(name).stream().filter((each) -> isOf(each, name)).toList();
	}

	private static boolean isOf(StompConnection connection, String name) {
		Caller caller = connection.caller();
		return connection.state() == State.CONNECTED && caller != null && caller.name().equals(name);
	}

	/** How many bytes wait for all of them. */
	long queuedBytes() {
		return this.all.values().stream().mapToLong((connection) -> connection.outlet().socket().queuedBytes()).sum();
	}

	/**
	 * Ends every connection that lives by a revoked token. One that cannot be ended keeps
	 * no other from its end. Before the listeners of extensions, which may fail.
	 */
	@EventListener
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void onRevocation(Revocation revocation) {
		for (StompConnection connection : index(revocation.kind()).all(revocation.value())) {
			Caller caller = connection.caller();
			if (caller != null && revocation.matches(caller)) {
				this.failures.guard(() -> connection.end(Ending.of(Reason.REVOKED))).run();
			}
		}
	}

	private ConnectionIndex<StompConnection> index(Revocation.Kind kind) {
		return switch (kind) {
			case USER -> this.ofUser;
			case SESSION -> this.ofSession;
			case TOKEN -> this.ofToken;
		};
	}

}
