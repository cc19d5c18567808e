package dev.usher.jetty;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Cuts connections whose request does not arrive. An idle timeout is no defence: a byte
 * now and then keeps a connection alive for ever, and enough of them take every thread or
 * file handle. So a request has a time to be there as a whole, counted from when its
 * first bytes were seen: {@code usher.http.request-timeout}.
 */
final class SlowRequestGuard extends AbstractLifeCycle implements Connection.Listener {

	/** A request is cut so much later at most. */
	private static final long PERIOD_MILLIS = 1000;

	private final Map<HttpConnection, Arrival> arrivals = new ConcurrentHashMap<>();

	private final Scheduler scheduler;

	private final long limitNanos;

	SlowRequestGuard(Scheduler scheduler, long limitMillis) {
		this.scheduler = scheduler;
		this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
	}

	@Override
	protected void doStart() {
		this.scheduler.schedule(this::sweep, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void onOpened(Connection connection) {
		if (connection instanceof HttpConnection http) {
			this.arrivals.put(http, new Arrival());
		}
	}

	@Override
	public void onClosed(Connection connection) {
		if (connection instanceof HttpConnection http) {
			this.arrivals.remove(http);
		}
	}

	private void sweep() {
		long now = System.nanoTime();
		this.arrivals.forEach((connection, arrival) -> {
			if (arrival.isLate(connection, now, this.limitNanos)) {
				cut(connection.getEndPoint());
			}
		});
		if (isRunning()) {
			this.scheduler.schedule(this::sweep, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private static void cut(EndPoint endPoint) {
		EndPoint under = (endPoint instanceof SslConnection.SslEndPoint secure)
				? secure.getSslConnection().getEndPoint() : endPoint;
		if (under instanceof LingeringEndPoint lingering) {
			lingering.cut();
		}
		else {
			endPoint.close();
		}
	}

	/** The request that is arriving. Used by the sweeping thread alone. */
	private static final class Arrival {

		private long messages;

		private long bytesAtMessage;

		private long since = System.nanoTime();

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
		 * Also true between two requests, where the first had a body: the connection then
		 * ends when it would have been idle for too long anyway.
		 */
		private boolean isArriving(HttpConnection connection) {
			HttpParser parser = connection.getParser();
			boolean head = parser.inHeaderState() && connection.getBytesIn() > this.bytesAtMessage;
			return head || (parser.inContentState() && !parser.isComplete());
		}

	}

}
