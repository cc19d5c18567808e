package dev.usher.jetty;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Memory that waits for clients: bodies that are not here yet, answers that are not taken
 * yet. The node has so much of it, and each holder a share. Nobody is refused for what
 * others hold: where a holder has more than its share, what it has held longest is cut,
 * and where the node has too much, what the holder with the most has held longest. Any
 * thread may call; never blocks.
 */
final class AddressShares {

	/** So that eight addresses are needed to fill it. */
	private static final int SHARES = 8;

	private static final long MOST = 32 * 1024 * 1024;

	private final long most;

	private final long share;

	private final Map<String, Holder> holders = new HashMap<>();

	private long total;

	/**
	 * @param most bytes that all addresses may hold together
	 * @param share bytes that one address may hold
	 */
	AddressShares(long most, long share) {
		this.most = most;
		this.share = share;
	}

	/** One of 32 MiB, or a sixteenth of a small heap. */
	public static AddressShares ofHeap() {
		long most = Math.min(MOST, Runtime.getRuntime().maxMemory() / 16);
		return new AddressShares(most, most / SHARES);
	}

	/**
	 * Begins to hold something.
	 * @param holder whose it is
	 * @param cut ends it, from any thread; then it must be {@link Hold#release released}
	 */
	public Hold hold(String holder, Runnable cut) {
		return new Hold(holder, cut);
	}

	/** How much is held. */
	synchronized long total() {
		return this.total;
	}

	private synchronized List<Hold> add(Hold hold, long bytes) {
		List<Hold> victims = new ArrayList<>();
		if (hold.ended) {
			return victims;
		}
		Holder holder = this.holders.computeIfAbsent(hold.name, (name) -> new Holder());
		holder.holds.add(hold);
		count(holder, hold, bytes);
		// An empty name stands for many clients behind a proxy: no share bounds them.
		while (holder.bytes > this.share && !hold.name.isEmpty()) {
			victims.add(drop(holder));
		}
		while (this.total > this.most) {
			victims.add(drop(largest()));
		}
		return victims;
	}

	private void count(Holder holder, Hold hold, long bytes) {
		hold.bytes += bytes;
		holder.bytes += bytes;
		this.total += bytes;
	}

	private Holder largest() {
		return this.holders.values()
			.stream()
			.max((one, other) -> Long.compare(one.bytes, other.bytes))
			.orElseThrow(IllegalStateException::new);
	}

	private Hold drop(Holder holder) {
		Iterator<Hold> oldest = holder.holds.iterator();
		Hold victim = oldest.next();
		remove(victim);
		return victim;
	}

	private synchronized void remove(Hold hold) {
		Holder holder = this.holders.get(hold.name);
		hold.ended = true;
		if (holder != null && holder.holds.remove(hold)) {
			count(holder, hold, -hold.bytes);
			if (holder.holds.isEmpty()) {
				this.holders.remove(hold.name);
			}
		}
	}

	private synchronized void subtract(Hold hold, long bytes) {
		Holder holder = this.holders.get(hold.name);
		if (holder != null && holder.holds.contains(hold)) {
			count(holder, hold, -bytes);
		}
	}

	/** What the requests of one address hold together. */
	private static final class Holder {

		/** The oldest first. */
		private final Set<Hold> holds = new LinkedHashSet<>();

		private long bytes;

	}

	/** What is held for one request. */
	public final class Hold {

		private final String name;

		private final Runnable cut;

		private long bytes;

		private boolean ended;

		private Hold(String name, Runnable cut) {
			this.name = name;
			this.cut = cut;
		}

		/** Holds more; may cut others, and this one. */
		public void add(long bytes) {
			AddressShares.this.add(this, bytes).forEach((victim) -> victim.cut.run());
		}

		/** Counts bytes off that are no longer held. */
		public void subtract(long bytes) {
			AddressShares.this.subtract(this, bytes);
		}

		/** Ends this hold and counts off all it still has. */
		public void release() {
			remove(this);
		}

	}

}
