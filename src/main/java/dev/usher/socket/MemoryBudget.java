package dev.usher.socket;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

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
	private static final double FREED = 0.9;

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

	/** Ends connections if the node holds too much. Called with no lock held. */
	void relieve() {
		if (this.held.get() > this.limit && this.relieving.compareAndSet(false, true)) {
			try {
				endSlowest();
			}
			finally {
				this.relieving.set(false);
			}
		}
	}

	private void endSlowest() {
		List<Candidate> worstFirst = this.connections.get()
			.stream()
			.map(Candidate::of)
			.filter((candidate) -> candidate.weight() > 0)
			.sorted(Comparator.comparingLong(Candidate::weight).reversed())
			.toList();
		int ended = 0;
		for (Candidate candidate : worstFirst) {
			if (this.held.get() <= this.limit * FREED) {
				break;
			}
			candidate.connection().endAsTooSlow();
			ended++;
		}
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
	 * @param weight the bytes it holds, times the seconds for which it has taken nothing
	 */
	private record Candidate(StompConnection connection, long weight) {

		static Candidate of(StompConnection connection) {
			return new Candidate(connection, connection.weight());
		}

	}

}
