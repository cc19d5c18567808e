package dev.usher.nodes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.StompFrame;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads a stored destination, and goes on on the next node when its connection has ended.
 */
final class LoadReader extends Thread implements AutoCloseable {

	/** In which way it reads. */
	enum Kind {

		/** By a place that it keeps itself. */
		FOLLOWER,

		/** By a durable reader; acknowledges. */
		DURABLE,

		/** By the reader all share; acknowledges. */
		WORKER

	}

	/** So many are unacknowledged when something fails. */
	private static final int UNACKNOWLEDGED = 20;

	private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(200);

	private final List<ClusterNode> nodes;

	private final String user;

	private final String destination;

	private final Kind kind;

	private final Queue<Listener.Arrival> arrivals = new ConcurrentLinkedQueue<>();

	/** Used by the thread that reads alone. */
	private final Deque<Listener.Arrival> unacknowledged = new ArrayDeque<>();

	private final AtomicInteger seen = new AtomicInteger();

	private volatile Listener.@Nullable Arrival last;

	private volatile boolean reads;

	private volatile boolean closed;

	private volatile @Nullable Listener listener;

	LoadReader(List<ClusterNode> nodes, String user, String destination, Kind kind) {
		super(user + " " + kind);
		this.nodes = nodes;
		this.user = user;
		this.destination = destination;
		this.kind = kind;
		setDaemon(true);
	}

	@Override
	public void run() {
		for (int i = 0; !this.closed; i++) {
			try (Listener connected = Listener.connect(this.nodes.get(i % this.nodes.size()),
					ClusterNode.token(this.user), this::take)) {
				this.listener = connected;
				StompFrame receipt = connected.subscribe(this.destination, headers());
				assertThat(receipt.header("recovered")).isEqualTo("true");
				this.reads = true;
				connected.join();
			}
			catch (RuntimeException | AssertionError ex) {
				// That node is gone or cannot read now: the next may.
			}
			LockSupport.parkNanos(RETRY);
		}
	}

	private String[] headers() {
		Listener.Arrival before = this.last;
		return switch (this.kind) {
			case FOLLOWER -> (before == null) ? new String[] { "offset:0" }
					: new String[] { "offset:" + before.offset(), "epoch:" + before.frame().header("epoch") };
			case DURABLE -> new String[] { "durable:phone", "offset:0", "ack:client-individual" };
			case WORKER -> new String[] { "ack:client-individual" };
		};
	}

	private void take(Listener.Arrival arrival) {
		this.last = arrival;
		this.arrivals.add(arrival);
		this.seen.incrementAndGet();
		if (this.kind != Kind.FOLLOWER) {
			acknowledge(arrival);
		}
	}

	private void acknowledge(Listener.Arrival arrival) {
		if (!this.unacknowledged.isEmpty() && this.unacknowledged.peek().by() != arrival.by()) {
			this.unacknowledged.clear();
		}
		this.unacknowledged.add(arrival);
		if (this.unacknowledged.size() > UNACKNOWLEDGED) {
			this.unacknowledged.remove().acknowledge();
		}
	}

	/** Whether it has subscribed. */
	boolean reads() {
		return this.reads;
	}

	/** How many came, repeats too. */
	int seen() {
		return this.seen.get();
	}

	List<Listener.Arrival> arrivals() {
		return List.copyOf(this.arrivals);
	}

	@Override
	public void close() {
		this.closed = true;
		Listener connected = this.listener;
		if (connected != null) {
			connected.close();
		}
	}

}
