package dev.usher.jetty;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.usher.edge.ClientAddress;
import dev.usher.thread.FailureLog;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection.SslEndPoint;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.LoggerFactory;

/**
 * Cuts connections that hold a place and do nothing with it. An idle timeout does not
 * help: a byte now and then keeps a connection alive for ever, and enough of them take
 * every file handle. So a TLS handshake and a request must arrive whole within a time,
 * counted from their first bytes, and a client must take its answer at a minimal rate.
 * Every connection is checked each second.
 * <p>
 * The number of connections of one address is bounded. One more cuts the one that has
 * been idle for longest, so that the address still gets its answers. A connection whose
 * request is being handled is never cut for this; where all are, the new one is cut.
 */
final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {

	/** A connection is cut so much later at most. */
	private static final long PERIOD_MILLIS = 1000;

	/** What a session of TLS has before its handshake is made. */
	private static final String NO_CIPHER = "SSL_NULL_WITH_NULL_NULL";

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(ConnectionGuard.class),
			"A connection could not be looked at, and may stay though it does nothing");

	private final Map<HttpConnection, Watched> all = new ConcurrentHashMap<>();

	private final Map<String, Set<HttpConnection>> byHolder = new ConcurrentHashMap<>();

	private final Scheduler scheduler;

	private final ClientAddress addresses;

	private final ConnectionLimits limits;

	ConnectionGuard(Scheduler scheduler, ClientAddress addresses, ConnectionLimits limits) {
		this.scheduler = scheduler;
		this.addresses = addresses;
		this.limits = limits;
	}

	@Override
	protected void doStart() {
		this.scheduler.schedule(this::sweep, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void onOpened(Connection connection) {
		if (!(connection instanceof HttpConnection http)) {
			return;
		}
		String holder = holder(http.getEndPoint());
		this.all.put(http, new Watched(holder));
		if (!holder.isEmpty() && this.limits.perAddress() > 0) {
			Set<HttpConnection> others = this.byHolder.compute(holder, (name, set) -> {
				Set<HttpConnection> connections = (set != null) ? set : ConcurrentHashMap.newKeySet();
				connections.add(http);
				return connections;
			});
			if (others.size() > this.limits.perAddress()) {
				makeRoom(others, http);
			}
		}
	}

	private String holder(EndPoint endPoint) {
		return (endPoint.getRemoteSocketAddress() instanceof java.net.InetSocketAddress peer
				&& peer.getAddress() != null) ? this.addresses.holder(peer.getAddress().getHostAddress()) : "";
	}

	/**
	 * Cuts those that have done nothing for longest; the newest where all are busy. One
	 * thread at a time for an address: two would cut the same one.
	 */
	private void makeRoom(Set<HttpConnection> connections, HttpConnection newest) {
		synchronized (connections) {
			List<HttpConnection> open = connections.stream().filter(ConnectionGuard::isOpen).toList();
			for (int tooMany = open.size() - this.limits.perAddress(); tooMany > 0; tooMany--) {
				LingeringEndPoint.cut(idlest(open, newest).getEndPoint());
			}
		}
	}

	private static boolean isOpen(HttpConnection connection) {
		LingeringEndPoint endPoint = LingeringEndPoint.below(connection.getEndPoint());
		return endPoint != null && endPoint.isOpen();
	}

	private static HttpConnection idlest(List<HttpConnection> connections, HttpConnection newest) {
		HttpConnection idlest = newest;
		long longest = -1;
		long now = System.nanoTime();
		for (HttpConnection each : connections) {
			LingeringEndPoint endPoint = LingeringEndPoint.below(each.getEndPoint());
			if (each != newest && endPoint != null && endPoint.isOpen() && now - endPoint.since() > longest
					&& (endPoint.isWaiting() || !isHandled(each))) {
				idlest = each;
				longest = now - endPoint.since();
			}
		}
		return idlest;
	}

	private static boolean isHandled(HttpConnection connection) {
		return connection.getHttpChannel().getRequest() != null && !connection.getParser().inContentState();
	}

	@Override
	public void onClosed(Connection connection) {
		if (connection instanceof HttpConnection http) {
			Watched watched = this.all.remove(http);
			if (watched != null) {
				this.byHolder.computeIfPresent(watched.holder, (name, set) -> {
					set.remove(http);
					return set.isEmpty() ? null : set;
				});
			}
		}
	}

	/** Looks at each; whatever one of them throws, the others are looked at. */
	void sweep() {
		long now = System.nanoTime();
		try {
			this.all.forEach((connection, watched) -> this.failures.guard(() -> look(connection, watched, now)).run());
		}
		finally {
			if (isRunning()) {
				this.scheduler.schedule(this::sweep, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
			}
		}
	}

	private void look(HttpConnection connection, Watched watched, long now) {
		if (watched.isLate(connection, now, this.limits.requestTimeout().toNanos())
				|| watched.isSlow(connection, now, this.limits)) {
			LingeringEndPoint.cut(connection.getEndPoint());
		}
	}

	/** What was seen of a connection. Used by the sweeping thread alone. */
	private static final class Watched {

		private final String holder;

		private long messages;

		private long bytesAtMessage;

		private long since = System.nanoTime();

		private boolean waited;

		private long waitingSince;

		private long writtenBefore;

		private Watched(String holder) {
			this.holder = holder;
		}

		boolean isLate(HttpConnection connection, long now, long limit) {
			if (connection.getMessagesIn() != this.messages) {
				// A head has arrived. Its body has as long again.
				this.messages = connection.getMessagesIn();
				this.bytesAtMessage = connection.getBytesIn();
				this.since = now;
			}
			if (!isArriving(connection)) {
				this.since = now;
			}
			return now - this.since > limit;
		}

		/**
		 * Not true between two requests: a client that sends its next one must not find
		 * the connection cut.
		 */
		private boolean isArriving(HttpConnection connection) {
			HttpParser parser = connection.getParser();
			boolean begun = connection.getMessagesIn() == 0 || !parser.isStart();
			boolean head = parser.inHeaderState() && begun && connection.getBytesIn() > this.bytesAtMessage;
			return head || (parser.inContentState() && !parser.isComplete()) || isShakingHands(connection);
		}

		private static boolean isShakingHands(HttpConnection connection) {
			return connection.getMessagesIn() == 0 && connection.getEndPoint() instanceof SslEndPoint secure
					&& NO_CIPHER.equals(secure.getSslConnection().getSSLEngine().getSession().getCipherSuite());
		}

		/** Whether it takes its answer too slowly. */
		boolean isSlow(HttpConnection connection, long now, ConnectionLimits limits) {
			LingeringEndPoint endPoint = LingeringEndPoint.below(connection.getEndPoint());
			if (endPoint == null || !endPoint.isWaiting()) {
				this.waited = false;
				return false;
			}
			long period = now - this.waitingSince;
			if (this.waited && period < limits.requestTimeout().toNanos()) {
				return false;
			}
			long taken = endPoint.written() - this.writtenBefore;
			boolean slow = this.waited && taken < limits.minRate() * period / TimeUnit.SECONDS.toNanos(1);
			this.waited = true;
			this.waitingSince = now;
			this.writtenBefore = endPoint.written();
			return slow;
		}

	}

}
