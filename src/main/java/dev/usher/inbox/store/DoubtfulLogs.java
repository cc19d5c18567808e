package dev.usher.inbox.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.protocol.Destination;

/**
 * Logs that are being read here and were to be appended to when the database failed. The
 * commit may have been done all the same: its readers would hear of it with the next
 * message, which may never come. Any thread notes, one looks.
 */
final class DoubtfulLogs {

	/** By then the database is done with a commit whose answer was lost. */
	private static final long SETTLED = Duration.ofSeconds(10).toNanos();

	private final LiveLogs live;

	private final LogStore logs;

	/** When it was noted last, by address. */
	private final Map<String, Long> noted = new ConcurrentHashMap<>();

	DoubtfulLogs(LiveLogs live, LogStore logs) {
		this.live = live;
		this.logs = logs;
	}

	void note(Destination destination) {
		// Whoever begins to read later looks at the row.
		if (this.live.find(destination.address()) != null) {
			this.noted.put(destination.address(), System.nanoTime());
		}
	}

	/** Looks how far they have come; again where the database does not answer. */
	void look() {
		long now = System.nanoTime();
		Map<String, LiveLog> known = new HashMap<>();
		Map<String, Long> settled = new HashMap<>();
		this.noted.forEach((address, at) -> {
			LiveLog log = this.live.find(address);
			if (log == null || now - at > SETTLED) {
				settled.put(address, at);
			}
			if (log != null && log.isKnown()) {
				known.put(address, log);
			}
		});
		for (List<String> chunk : InboxDatabase.chunks(List.copyOf(known.keySet()))) {
			Map<String, LogHead> heads = this.logs.standing(chunk);
			chunk.forEach((address) -> this.live.seen(Objects.requireNonNull(known.get(address)), heads.get(address)));
		}
		settled.forEach(this.noted::remove);
	}

}
