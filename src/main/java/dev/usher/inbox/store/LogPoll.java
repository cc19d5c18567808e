package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Finds at the database what other nodes did: how far the logs have come that are being
 * read here, and what they let go of. Each second while there are other nodes; heads
 * every 30 while hints of all of them arrive, and once of a log when hints of it begin
 * to; not what was let go of, which this node takes back itself when nobody did; no more
 * rows at a time than the database answers beside its work, the rest a second later. One
 * thread.
 */
final class LogPoll {

	private static final long EVERY = TimeUnit.SECONDS.toNanos(1);

	private static final long EVERY_WITH_HINTS = TimeUnit.SECONDS.toNanos(30);

	/** What was let go of before the last other node went. */
	private static final long EVERY_ALONE = TimeUnit.SECONDS.toNanos(5);

	private final LiveLogs live;

	private final LogStore logs;

	private final ReaderStore readers;

	private final Peers peers;

	private final PollRound<String> addresses = new PollRound<>();

	private final PollRound<Long> ids = new PollRound<>();

	/** Since the round of heads began something may have been missed. */
	private boolean missed;

	private long headsAt = System.nanoTime() - EVERY_WITH_HINTS;

	private long readersAt = this.headsAt;

	private int losses;

	private long gaps;

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
			// Nobody tells a node that seems to be dead.
			this.missed = true;
		}
		boolean others = this.peers.areThere();
		boolean told = this.peers.tellAll();
		this.missed |= isGap() || (others && !told);
		long now = System.nanoTime();
		boolean rest = told && !this.missed && !this.addresses.isUnderWay();
		if (others && now - this.headsAt >= ((rest) ? EVERY_WITH_HINTS : EVERY)) {
			this.headsAt = now;
			pollHeads(told);
		}
		if (others && rest) {
			pollHeard();
		}
		if (now - this.readersAt >= ((others) ? EVERY : EVERY_ALONE)) {
			this.readersAt = now;
			pollReaders();
		}
	}

	/**
	 * Whether there was a gap since the last call, even one that began and ended since.
	 */
	private boolean isGap() {
		long before = this.gaps;
		this.gaps = this.peers.gaps();
		return this.gaps != before;
	}

	private void pollHeads(boolean told) {
		boolean again = (this.addresses.isUnderWay()) ? this.missed : !told;
		Map<String, LiveLog> known = this.live.known();
		look(known, this.addresses.next(known.keySet()));
		this.missed = again;
	}

	private void pollHeard() {
		Map<String, LiveLog> heard = this.live.takeHeard(PollRound.MOST);
		look(heard, InboxDatabase.chunks(List.copyOf(heard.keySet())));
		this.missed = false;
	}

	private void look(Map<String, LiveLog> known, List<List<String>> chunks) {
		// Stays so where the database does not answer.
		this.missed = true;
		for (List<String> chunk : chunks) {
			Map<String, LogHead> heads = this.logs.standing(chunk);
			chunk.forEach((address) -> this.live.seen(of(known, address), heads.get(address)));
		}
	}

	private void pollReaders() {
		Map<Long, Reader> open = this.live.openKept();
		for (List<Long> chunk : this.ids.next(open.keySet())) {
			Map<Long, Integer> nodes = this.readers.nodes().count(chunk);
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
		InboxDatabase.chunks(List.copyOf(open.keySet())).forEach((chunk) -> yieldReaders(chunk, open));
	}

	private void yieldReaders(List<Long> chunk, Map<Long, Reader> open) {
		if (this.draining) {
			Set<Long> elsewhere = this.readers.nodes().openElsewhere(chunk);
			chunk.forEach((id) -> of(open, id).yieldTo(elsewhere.contains(id)));
		}
	}

	private static <K, V> V of(Map<K, V> all, K key) {
		return Objects.requireNonNull(all.get(key), "Only what is open is asked for");
	}

}
