package dev.usher.inbox.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits to be stored, in a lane for each publisher: one is taken from each lane in
 * turn. So whoever has ten thousand messages waiting, or messages that take long, holds
 * up others by one commit and not by all of them. What one publisher sent stays in order.
 * Any thread may call.
 *
 * @param <T> what waits
 */
final class FairQueue<T> {

	private final int most;

	private final long mostBytes;

	private final Map<String, Line<T>> lanes = new HashMap<>();

	/** The lanes that are not empty, the next one first. */
	private final ArrayDeque<Line<T>> turns = new ArrayDeque<>();

	private int size;

	private long bytes;

	private boolean closed;

	/**
	 * Makes an empty one.
	 * @param most how many may wait
	 * @param mostBytes how many bytes may wait
	 */
	FairQueue(int most, long mostBytes) {
		this.most = most;
		this.mostBytes = mostBytes;
	}

	/**
	 * Adds an item at the end of a lane. Never blocks.
	 * @return false where there is no room, where this lane alone would take the last
	 * quarter of it from all others, or once it is closed
	 */
	synchronized boolean offer(String name, T waiting, int weight) {
		if (this.closed || this.size >= this.most || this.bytes + weight > this.mostBytes) {
			return false;
		}
		Line<T> lane = this.lanes.computeIfAbsent(name, Line::new);
		if (!lane.waiting.isEmpty()
				&& (lane.waiting.size() >= share(this.most) || lane.bytes + weight > share(this.mostBytes))) {
			return false;
		}
		if (lane.waiting.isEmpty()) {
			this.turns.addLast(lane);
		}
		lane.waiting.addLast(new Queued<>(waiting, weight));
		lane.bytes += weight;
		this.bytes += weight;
		if (this.size++ == 0) {
			notifyAll();
		}
		return true;
	}

	private static long share(long most) {
		return most - most / 4;
	}

	/** Waits until there is something, or a while. */
	synchronized void await(long millis) {
		try {
			if (this.size == 0) {
				wait(millis);
			}
		}
		catch (InterruptedException ex) {
			// Nobody does so on purpose, and whoever waits here must not end by accident.
		}
	}

	synchronized boolean isEmpty() {
		return this.size == 0;
	}

	synchronized int size() {
		return this.size;
	}

	synchronized long bytes() {
		return this.bytes;
	}

	/**
	 * Takes what comes next, if there is anything.
	 * @param taken gets it, so that it is known even where this fails half way
	 * @param count how many at most
	 * @param weight how many bytes, or one message more
	 */
	synchronized void take(List<T> taken, int count, long weight) {
		long sum = 0;
		while (taken.size() < count && sum < weight && this.size > 0) {
			Queued<T> next = next();
			taken.add(next.waiting());
			sum += next.weight();
		}
	}

	private Queued<T> next() {
		Line<T> lane = this.turns.removeFirst();
		Queued<T> next = lane.waiting.removeFirst();
		lane.bytes -= next.weight();
		this.size--;
		this.bytes -= next.weight();
		if (lane.waiting.isEmpty()) {
			this.lanes.remove(lane.name);
		}
		else {
			this.turns.addLast(lane);
		}
		return next;
	}

	/** Takes all that waits, and nothing more in. */
	synchronized List<T> close() {
		this.closed = true;
		return drain();
	}

	/** Takes all that waits. */
	synchronized List<T> drain() {
		List<T> all = new ArrayList<>(this.size);
		while (this.size > 0) {
			all.add(next().waiting());
		}
		return all;
	}

	private record Queued<T>(T waiting, int weight) {

	}

	private static final class Line<T> {

		private final String name;

		private final ArrayDeque<Queued<T>> waiting = new ArrayDeque<>();

		private long bytes;

		Line(String name) {
			this.name = name;
		}

	}

}
