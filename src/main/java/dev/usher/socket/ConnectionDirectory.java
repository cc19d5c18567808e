package dev.usher.socket;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What is connected to this node, for those who look after it. Reads what connections go
 * by anyway, so that it costs whoever asks and nobody else. Any thread may call; asks no
 * database.
 */
@Component
public class ConnectionDirectory {

	private static final Comparator<StompConnection> BY_ID = Comparator.comparing(StompConnection::id);

	private final Connections connections;

	private final Subscriptions subscriptions;

	ConnectionDirectory(Connections connections, Subscriptions subscriptions) {
		this.connections = connections;
		this.subscriptions = subscriptions;
	}

	/**
	 * Connections whose user is known, in the order of their ids. Goes through those of
	 * an index or, where nothing is looked for, through no more than it answers.
	 * @param after the id that the first one follows, empty for the very first
	 */
	public List<OpenConnection> list(ConnectionFilter filter, String after, int limit) {
		List<StompConnection> page = (filter.isIndexed()) ? matching(filter, after, limit) : next(after, limit);
		List<OpenConnection> shown = new ArrayList<>(page.size());
		for (StompConnection connection : page) {
			Caller caller = connection.caller();
			if (caller != null) {
				shown.add(show(connection, caller));
			}
		}
		return shown;
	}

	private List<StompConnection> next(String after, int limit) {
		return this.connections.after(after)
			.stream()
			.filter((connection) -> connection.state() == State.CONNECTED)
			.limit(limit)
			.toList();
	}

	private List<StompConnection> matching(ConnectionFilter filter, String after, int limit) {
		FirstFew<StompConnection> first = new FirstFew<>(limit, BY_ID);
		for (StompConnection connection : this.connections.candidates(filter)) {
			Caller caller = connection.caller();
			if (caller != null && connection.state() == State.CONNECTED && connection.id().compareTo(after) > 0
					&& filter.matches(caller)) {
				first.offer(connection);
			}
		}
		return first.toList();
	}

	private OpenConnection show(StompConnection connection, Caller caller) {
		return new OpenConnection(connection.id(), caller.name(), caller.issuer(), caller.sessionId(),
				connection.remoteAddress(), connection.version().text(),
				Instant.EPOCH.plus(connection.connectedAt(), ChronoUnit.MICROS), caller.expiresAt(),
				connection.subscriptions().size(), connection.outlet().socket().queuedBytes());
	}

	/** Ends a connection of this node, which is told why; says whether it was there. */
	public boolean end(String id) {
		StompConnection connection = this.connections.connected(id);
		if (connection != null) {
			connection.end(Ending.of(Reason.ENDED));
		}
		return connection != null;
	}

	/**
	 * The caller by whose credential the youngest connection of a user lives, or null.
	 */
	public @Nullable Caller callerOf(String username) {
		return this.connections.connectedOf(username)
			.stream()
			.filter((connection) -> connection.caller() != null)
			.max(Comparator.comparingLong(StompConnection::connectedAt))
			.map(StompConnection::caller)
			.orElse(null);
	}

	/**
	 * The live destinations that have subscriptions here, in their order.
	 * @param prefix how they begin, compared as it stands
	 * @param after the destination that the first one follows, empty for the very first
	 */
	public List<LiveDestination> destinations(String prefix, String after, int limit) {
		FirstFew<LiveDestination> first = new FirstFew<>(limit, Comparator.comparing(LiveDestination::destination));
		this.subscriptions.forEach((address, subscribers) -> {
			if (address.startsWith(prefix) && address.compareTo(after) > 0) {
				first.offer(new LiveDestination(address, subscribers));
			}
		});
		return first.toList();
	}

	/** Counts what there is now. */
	public Counts counts() {
		int authenticated = 0;
		int held = 0;
		for (StompConnection connection : this.connections.after("")) {
			if (connection.state() == State.CONNECTED) {
				authenticated++;
				held += connection.subscriptions().size();
			}
		}
		return new Counts(this.connections.size(), authenticated, this.connections.users(), held,
				this.subscriptions.size(), this.connections.queuedBytes());
	}

	/**
	 * A live destination.
	 *
	 * @param destination where messages go; a user's own has their name
	 * @param subscribers how many subscriptions it has on this node
	 */
	public record LiveDestination(String destination, int subscribers) {

	}

	/**
	 * How much there is on this node.
	 *
	 * @param connections WebSockets that are open
	 * @param authenticated those of them whose user is known
	 * @param users who are connected
	 * @param subscriptions to live and stored destinations
	 * @param destinations live ones that have subscriptions
	 * @param queuedBytes what waits for clients
	 */
	public record Counts(int connections, int authenticated, int users, int subscriptions, int destinations,
			long queuedBytes) {

	}

}
