package dev.usher.bus.redis;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.usher.bus.EntryKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what becomes of entries and frames, and says once a minute why frames are
 * dropped. Any thread may call.
 */
final class BusTally {

	private static final Logger logger = LoggerFactory.getLogger(BusTally.class);

	private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

	/** Entries that the engine has taken. */
	final LongAdder published = new LongAdder();

	/** Entries of other nodes. */
	final LongAdder received = new LongAdder();

	/** Frames of our own that came back. */
	final LongAdder echo = new LongAdder();

	/** Entries that could not be sent, and frames that there was no room for. */
	final LongAdder lost = new LongAdder();

	final LongAdder gaps = new LongAdder();

	/** Entries that could not be sent, by their number of a kind. */
	private final Map<Integer, LongAdder> unsent = new ConcurrentHashMap<>();

	private final Map<FrameFault, LongAdder> dropped = new EnumMap<>(FrameFault.class);

	private final Map<FrameFault, AtomicLong> told = new EnumMap<>(FrameFault.class);

	private volatile RoundTrips roundTrips = (time) -> {
	};

	BusTally() {
		for (FrameFault fault : FrameFault.values()) {
			this.dropped.put(fault, new LongAdder());
			this.told.put(fault, new AtomicLong(System.nanoTime() - PAUSE));
		}
	}

	void drop(FrameFault fault) {
		LongAdder count = this.dropped.get(fault);
		AtomicLong last = this.told.get(fault);
		if (count == null || last == null) {
			return;
		}
		count.increment();
		long before = last.get();
		long now = System.nanoTime();
		if (now - before >= PAUSE && last.compareAndSet(before, now)) {
			logger.warn("{} {} such frames were dropped since the start.", fault.sentence(), count.sum());
		}
	}

	long dropped(FrameFault fault) {
		LongAdder count = this.dropped.get(fault);
		return (count != null) ? count.sum() : 0;
	}

	/** An entry could not be sent. */
	void unsent(Outgoing entry) {
		this.lost.increment();
		this.unsent.computeIfAbsent(entry.kind(), (kind) -> new LongAdder()).increment();
	}

	long unsent(EntryKind kind) {
		LongAdder count = this.unsent.get(kind.number());
		return (count != null) ? count.sum() : 0;
	}

	void roundTrip(long nanos) {
		this.roundTrips.took(Duration.ofNanos(nanos));
	}

	/** Has somebody else keep how long probes take. */
	void onRoundTrip(RoundTrips roundTrips) {
		this.roundTrips = roundTrips;
	}

	/** Keeps how long probes take. */
	@FunctionalInterface
	interface RoundTrips {

		void took(Duration time);

	}

}
