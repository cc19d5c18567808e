package dev.usher.jetty;

import java.util.HashMap;
import java.util.Map;

/**
 * A number of places, of which each holder may have a part. Any thread may call; never
 * blocks.
 */
final class Places {

	private final Map<String, Integer> taken = new HashMap<>();

	private final int most;

	private final int mostOfHolder;

	private int all;

	/**
	 * @param most how many places there are in all
	 * @param mostOfHolder how many of them one holder may have
	 */
	public Places(int most, int mostOfHolder) {
		this.most = most;
		this.mostOfHolder = mostOfHolder;
	}

	/** Takes a place, if there is one; an empty holder has no part to keep to. */
	public synchronized boolean take(String holder) {
		int own = this.taken.getOrDefault(holder, 0);
		if (this.all >= this.most || (own >= this.mostOfHolder && !holder.isEmpty())) {
			return false;
		}
		this.all++;
		this.taken.put(holder, own + 1);
		return true;
	}

	/** Frees a place that {@link #take} granted to this holder. */
	public synchronized void give(String holder) {
		this.all--;
		this.taken.computeIfPresent(holder, (name, number) -> (number > 1) ? number - 1 : null);
	}

}
