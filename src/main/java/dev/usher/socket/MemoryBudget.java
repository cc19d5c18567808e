package dev.usher.socket;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.usher.socket.StompConnection.State;
import dev.usher.websocket.HeldBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds for all of its clients together, and the bound on it,
 * {@code usher.outbound.max-total}. Each connection is within its own limits; a thousand
 * that are can still be more than there is. Over the bound, those end first that hold
 * most and have taken nothing for longest.
 */
final class MemoryBudget {

	private static final Logger logger = LoggerFactory.getLogger(MemoryBudget.class);

	/** A tenth more than needed is freed, so that not each frame looks at everybody. */
	private static final double KEPT = 0.9;

	/** Bytes that an ended connection may hold: its ERROR and its close. */
	private static final int LAST_WORDS = 8 * 1024;

	private static final long WARN_EVERY = TimeUnit.SECONDS.toNanos(10);

	private final HeldBytes held = new HeldBytes();

	private final long limit;

	private final Supplier<Collection<StompConnection>> connections;

	private final AtomicBoolean relieving = new AtomicBoolean();

	/** Guarded by {@link #relieving}. */
	private long warnedAt = System.nanoTime() - WARN_EVERY;

	/**
	 * @param limit in bytes
	 * @param connections all of this node
	 */
	MemoryBudget(long limit, Supplier<Collection<StompConnection>> connections) {
		this.limit = limit;
		this.connections = connections;
	}

	HeldBytes held() {
		return this.held;
	}

	/** How many bytes may be held. */
	long limit() {
		return this.limit;
	}

	/** Ends connections if the node holds too much. Called with no lock held. */
	void relieve() {
		if (isOver() && this.relieving.compareAndSet(false, true)) {
			try {
				List<StompConnection> all = List.copyOf(this.connections.get());
				cutEnded(all);
				if (isOver()) {
					endSlowest(all);
					cutEnded(all);
				}
			}
			finally {
				this.relieving.set(false);
			}
		}
	}

	private boolean isOver() {
		return this.held.get() > this.limit;
	}

	/** Those that were ended before and do not even take why. */
	private void cutEnded(List<StompConnection> all) {
		for (StompConnection connection : all) {
			if (!isOver()) {
				return;
			}
			if (connection.state() == State.ENDED && connection.outlet().heldBytes() > LAST_WORDS) {
				connection.outlet().cut();
			}
		}
	}

	/**
	 * Whoever holds less than the average is safe: it is not they who make it too much.
	 */
	private void endSlowest(List<StompConnection> all) {
		long average = this.held.get() / Math.max(1, all.size());
		List<Candidate> worstFirst = all.stream()
			.filter((connection) -> connection.state() != State.ENDED)
			.map(Candidate::of)
			.filter((candidate) -> candidate.bytes() >= average)
			.sorted(Comparator.comparing(Candidate::reading)
				.thenComparing(Candidate::weight, Comparator.reverseOrder()))
			.toList();
		long excess = this.held.get() - (long) (this.limit * KEPT);
		int ended = 0;
		for (Candidate candidate : worstFirst) {
			if (excess <= 0) {
				break;
			}
			excess -= candidate.bytes();
			candidate.connection().endAsTooSlow();
			ended++;
		}
		warn(ended);
	}

	private void warn(int ended) {
		long now = System.nanoTime();
		if (now - this.warnedAt >= WARN_EVERY) {
			this.warnedAt = now;
			logger.warn("Clients took so little that they held more than usher.outbound.max-total ({} bytes); {} of "
					+ "them were ended, the slowest first", this.limit, ended);
		}
	}

	/**
	 * A connection as it was when it was looked at.
	 *
	 * @param bytes what it holds
	 * @param reading whether its client reads, if slowly
	 * @param weight the bytes, by the time for which it has taken nothing
	 */
	private record Candidate(StompConnection connection, long bytes, boolean reading, long weight) {

		static Candidate of(StompConnection connection) {
			Outlet outlet = connection.outlet();
			return new Candidate(connection, outlet.heldBytes(), outlet.isReading(), outlet.weight());
		}

	}

}
