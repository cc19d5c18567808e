package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Finds at the database what other nodes did: how far the logs have come that are being
 * read here, and what they let go of. Each second while there are other nodes; heads
 * every 30 while hints of all of them arrive, but not what was let go of, which this node
 * takes back itself when nobody did; no more rows at a time than the database answers
 * beside its work, the rest the next time. One thread.
 */
final class LogPoll {

	private static final long EVERY = TimeUnit.SECONDS.toNanos(1);

	private static final long EVERY_WITH_HINTS = TimeUnit.SECONDS.toNanos(30);

	/** What was let go of before the last other node went. */
	private static final long EVERY_ALONE = TimeUnit.SECONDS.toNanos(5);

	private static final int MOST = 10_000;

	/** Parameters of one statement. */
	private static final int CHUNK = 1_000;

	private final LiveLogs live;

	private final LogStore logs;

	private final ReaderStore readers;

	private final Peers peers;

	private final Turns<String> addresses = new Turns<>();

	private final Turns<Long> ids = new Turns<>();

	private long headsAt = System.nanoTime() - EVERY_WITH_HINTS;

	private long readersAt = this.headsAt;

	private int losses;

	/** Whether this node goes down. */
	private boolean draining;

	LogPoll(LiveLogs live, LogStore logs, ReaderStore readers, Peers peers) {
		this.live = live;
		this.logs = logs;
		this.readers = readers;
		this.peers = peers;
	}

	/** Looks if it is time. Called several times a second. */
	void run() {
		if (this.peers.losses() != this.losses) {
			this.losses = this.peers.losses();
			this.live.openKept().values().forEach(Reader::claimsLost);
		}
		boolean others = this.peers.areThere();
		long now = System.nanoTime();
		if (others && now - this.headsAt >= ((this.peers.tellAll()) ? EVERY_WITH_HINTS : EVERY)) {
			this.headsAt = now;
			pollHeads();
		}
		if (now - this.readersAt >= ((others) ? EVERY : EVERY_ALONE)) {
			this.readersAt = now;
			pollReaders();
		}
	}

	private void pollHeads() {
		Map<String, LiveLog> known = this.live.known();
		for (List<String> chunk : this.addresses.next(known.keySet())) {
			Map<String, LogHead> heads = this.logs.standing(chunk);
			chunk.forEach((address) -> this.live.seen(of(known, address), heads.get(address)));
		}
	}

	private void pollReaders() {
		Map<Long, Reader> open = this.live.openKept();
		for (List<Long> chunk : this.ids.next(open.keySet())) {
			Map<Long, Integer> nodes = this.readers.nodes(chunk);
			chunk.forEach((id) -> of(open, id).readBy(nodes.getOrDefault(id, 1)));
			yieldReaders(chunk, open);
			this.readers.withFreeClaims(chunk).forEach((id) -> of(open, id).adopt());
		}
	}

	/**
	 * This node goes down: frees at once what other nodes can hand out, and from here on
	 * what they come to read. What is read here alone goes on until its clients are gone.
	 */
	void drain() {
		this.draining = true;
		Map<Long, Reader> open = this.live.openKept();
		chunks(List.copyOf(open.keySet())).forEach((chunk) -> yieldReaders(chunk, open));
	}

	private void yieldReaders(List<Long> chunk, Map<Long, Reader> open) {
		if (this.draining) {
			Set<Long> elsewhere = this.readers.openElsewhere(chunk);
			chunk.forEach((id) -> of(open, id).yieldTo(elsewhere.contains(id)));
		}
	}

	private static <K> List<List<K>> chunks(List<K> all) {
		List<List<K>> chunks = new ArrayList<>();
		for (int from = 0; from < all.size(); from += CHUNK) {
			chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
		}
		return chunks;
	}

	private static <K, V> V of(Map<K, V> all, K key) {
		return Objects.requireNonNull(all.get(key), "Only what is open is asked for");
	}

	/** Takes a part of many keys at a time, in turn. */
	private static final class Turns<K extends Comparable<K>> {

		private @Nullable K last;

		/** The keys whose turn it is, in pieces for one statement. */
		List<List<K>> next(Collection<K> all) {
			List<K> turn = new ArrayList<>(all);
			if (turn.size() > MOST) {
				turn = part(new TreeSet<>(all));
			}
			return chunks(turn);
		}

		private List<K> part(TreeSet<K> sorted) {
			Set<K> after = (this.last != null) ? sorted.tailSet(this.last, false) : sorted;
			List<K> part = new ArrayList<>(after.stream().limit(MOST).toList());
			sorted.stream().limit(MOST - part.size()).filter((key) -> !after.contains(key)).forEach(part::add);
			this.last = part.get(part.size() - 1);
			return part;
		}

	}

}
