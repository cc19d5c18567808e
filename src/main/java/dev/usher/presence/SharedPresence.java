package dev.usher.presence;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.bus.Bus;
import dev.usher.bus.Incarnation;
import dev.usher.node.Member;
import dev.usher.node.NodeLease;
import dev.usher.presence.RowBatch.Replaced;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Where other nodes may be: the connections of this node are rows while there are others.
 */
final class SharedPresence implements Presence, SmartLifecycle {

	/** What is to have a row, by the id of the connection. */
	private final ConcurrentHashMap<String, HeldPlace> held = new ConcurrentHashMap<>();

	private final NodeLease node;

	private final ConnectionRows rows;

	private final ReplacedNotices notices;

	private final RowWriter writer;

	private final Duration patience;

	private volatile int perUser;

	private volatile boolean running;

	/**
	 * @param patience how long a connect waits at most
	 */
	SharedPresence(Bus bus, NodeLease node, Incarnation incarnation, ConnectionRows rows, Duration patience) {
		this.patience = patience;
		this.node = node;
		this.rows = rows;
		this.notices = new ReplacedNotices(bus, incarnation);
		this.writer = new RowWriter(rows, node, this.held, this.notices::tell);
	}

	@Override
	public void attach(Limit limit, Holder holder) {
		this.perUser = limit.perUser();
		boolean hasty = limit.patience().compareTo(this.patience) < 0;
		this.writer.limit(hasty ? limit : new Limit(limit.perUser(), limit.replacesOldest(), this.patience));
		this.notices.attach(holder);
	}

	@Override
	public boolean reserves() {
		return this.perUser > 0 && this.writer.mirrors();
	}

	@Override
	public CompletableFuture<Boolean> reserve(String id, String username, @Nullable String sessionId) {
		return this.writer.reserve(new HeldPlace(id, username, sessionId, System.nanoTime()));
	}

	/** Without a limit only those that lists of sessions count need a row. */
	@Override
	public void add(String id, String username, @Nullable String sessionId) {
		HeldPlace before = this.held.get(id);
		if (this.perUser == 0 && sessionId == null) {
			remove(id);
		}
		else if (before == null || !Objects.equals(before.sessionId(), sessionId)) {
			long since = (before != null) ? before.since() : System.nanoTime();
			this.held.put(id, new HeldPlace(id, username, sessionId, since));
			this.writer.changed(id);
		}
	}

	@Override
	public void remove(String id) {
		if (this.held.remove(id) != null) {
			this.writer.changed(id);
		}
	}

	@Override
	public Map<String, Integer> elsewhere(Collection<String> sessionIds) {
		return (this.writer.mirrors() && !sessionIds.isEmpty()) ? this.rows.elsewhere(sessionIds) : Map.of();
	}

	/** Without a limit, those of no session have no row. */
	@Override
	public Elsewhere sees(PlaceFilter filter) {
		if (!this.node.hasPeers()) {
			return Elsewhere.NOBODY;
		}
		boolean rows = this.perUser > 0 || filter.sessionId() != null;
		return (rows) ? Elsewhere.ALL : Elsewhere.UNKNOWN;
	}

	@Override
	public List<Place> list(PlaceFilter filter, PlaceRange range, int limit) {
		return (this.node.hasPeers()) ? this.rows.list(filter, range, limit) : List.of();
	}

	@Override
	public boolean end(String id) {
		List<Replaced> ended = (this.node.hasPeers())
				? this.rows.end(id, this.node.living().stream().map(Member::id).toList()) : List.of();
		ended.forEach(this.notices::tell);
		return !ended.isEmpty();
	}

	@Override
	public void start() {
		this.running = true;
		this.notices.start();
		this.writer.start();
	}

	/** The rows go with the lease of this node. */
	@Override
	public void stop() {
		this.running = false;
		this.writer.stop();
		this.notices.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** After the bus has begun, and before it ends. */
	@Override
	public int getPhase() {
		return 1;
	}

}
