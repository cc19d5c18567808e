package dev.usher.jetty;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Places for bodies that a thread reads as they come. Nobody is refused for what others
 * hold: who finds all taken waits, on nobody's thread, and the slowest body is cut for
 * them: of the holder with the most places where that is somebody else, else one that
 * only trickles. Any thread may call; never blocks.
 */
final class BodyPlaces {

	/** Time enough to begin, and how soon who waits looks again. */
	private static final long GRACE_MILLIS = 1000;

	/** Below this a body trickles: no link that carries large ones is as slow. */
	private static final long TRICKLE_PER_SECOND = 64 * 1024;

	private final Set<Place> taken = new LinkedHashSet<>();

	private final Deque<Place> waiting = new ArrayDeque<>();

	private final Map<String, Integer> takenBy = new HashMap<>();

	private final int most;

	private final Executor executor;

	private final Scheduler scheduler;

	private final LongSupplier millis;

	/**
	 * Makes them.
	 * @param most how many there are
	 * @param executor where bodies are read that had to wait
	 * @param scheduler when to look again
	 * @param millis a time that only goes on
	 */
	BodyPlaces(int most, Executor executor, Scheduler scheduler, LongSupplier millis) {
		this.most = most;
		this.executor = executor;
		this.scheduler = scheduler;
		this.millis = millis;
	}

	/**
	 * Takes a place, now or when there is one.
	 * @param holder who wants it
	 * @param cut ends a body, from any thread; then its place must be left
	 */
	Place place(String holder, Runnable cut) {
		return new Place(holder, cut);
	}

	private boolean take(Place place) {
		synchronized (this) {
			if (this.taken.size() < this.most) {
				begin(place);
				return true;
			}
			this.waiting.add(place);
		}
		makeRoom(place);
		return false;
	}

	private void begin(Place place) {
		place.beganAt = this.millis.getAsLong();
		this.taken.add(place);
		this.takenBy.merge(place.holder, 1, Integer::sum);
	}

	/** Cuts one body for somebody who waits, and looks again later. */
	private void makeRoom(Place place) {
		Place victim;
		synchronized (this) {
			if (!this.waiting.contains(place)) {
				return;
			}
			victim = victim(place.holder);
			if (victim != null) {
				victim.isCut = true;
			}
		}
		this.scheduler.schedule(() -> makeRoom(place), GRACE_MILLIS, TimeUnit.MILLISECONDS);
		if (victim != null) {
			victim.cut.run();
		}
	}

	private @Nullable Place victim(String holder) {
		long now = this.millis.getAsLong();
		int own = this.takenBy.getOrDefault(holder, 0);
		return this.taken.stream()
			.filter((place) -> !place.isCut && now - place.beganAt >= GRACE_MILLIS)
			.filter((place) -> taken(place) > own + 1 || place.rate(now) < TRICKLE_PER_SECOND)
			.max(Comparator.comparingInt(this::taken)
				.thenComparing((one, other) -> Double.compare(other.rate(now), one.rate(now))))
			.orElse(null);
	}

	private int taken(Place place) {
		return this.takenBy.getOrDefault(place.holder, 0);
	}

	private void leave(Place place) {
		Place next = null;
		synchronized (this) {
			this.waiting.remove(place);
			if (this.taken.remove(place)) {
				this.takenBy.computeIfPresent(place.holder, (name, number) -> (number > 1) ? number - 1 : null);
				next = next();
			}
			if (next != null) {
				begin(next);
			}
		}
		if (next != null) {
			this.executor.execute(next.start);
		}
	}

	/** Whose holder has fewest places, and of those who came first. */
	private @Nullable Place next() {
		Place next = this.waiting.stream().min(Comparator.comparingInt(this::taken)).orElse(null);
		this.waiting.remove(next);
		return next;
	}

	/** The place of one body. */
	final class Place {

		private final String holder;

		private final Runnable cut;

		private Runnable start = () -> {
		};

		/** Guarded by the lock of all places, like what follows. */
		private long beganAt;

		private boolean isCut;

		private volatile long arrived;

		private Place(String holder, Runnable cut) {
			this.holder = holder;
			this.cut = cut;
		}

		/**
		 * Begins to read: at once on this thread, or later on another.
		 * @return whether it was at once
		 */
		boolean enter(Runnable start) {
			this.start = start;
			boolean now = take(this);
			if (now) {
				start.run();
			}
			return now;
		}

		/**
		 * Waits no more.
		 * @return whether it still waited, and so will never begin
		 */
		boolean giveUp() {
			synchronized (BodyPlaces.this) {
				return BodyPlaces.this.waiting.remove(this);
			}
		}

		/** So much more of the body has come. Called by the one thread that reads it. */
		void add(int bytes) {
			this.arrived += bytes;
		}

		/** The body is there, or never will be. May be said again. */
		void leave() {
			BodyPlaces.this.leave(this);
		}

		private double rate(long now) {
			return this.arrived * 1000.0 / Math.max(1, now - this.beganAt);
		}

	}

}
