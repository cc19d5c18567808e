package dev.usher.inbox.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.inbox.Inbox;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.StoredMessage;
import dev.usher.inbox.store.MessageStore.Outcome;
import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs that are being read on this node, by address.
 */
final class LiveLogs {

	private static final Logger logger = LoggerFactory.getLogger(LiveLogs.class);

	private final Map<String, LiveLog> logs = new ConcurrentHashMap<>();

	/** Those of which others may have told while this node did not hear or know it. */
	private final Set<LiveLog> unheard = ConcurrentHashMap.newKeySet();

	private final Tails tails;

	private volatile Inbox.AppendListener listener = (destination, message) -> {
	};

	private final Peers peers;

	LiveLogs(Tails tails, Peers peers) {
		this.tails = tails;
		this.peers = peers;
	}

	void listen(Inbox.AppendListener listener) {
		this.listener = listener;
	}

	/**
	 * The live log of a destination. From here on it is told what is appended, so whoever
	 * reads its row after this call misses nothing.
	 */
	LiveLog use(Destination destination) {
		return this.logs.compute(destination.address(), (key, current) -> {
			LiveLog log = (current != null) ? current : begin(destination);
			if (!this.peers.tellOf(destination)) {
				this.unheard.add(log);
			}
			return log.use();
		});
	}

	private LiveLog begin(Destination destination) {
		this.peers.want(destination);
		return new LiveLog(destination, this.tails.tail());
	}

	void leave(LiveLog log) {
		this.logs.computeIfPresent(log.destination().address(),
				(key, current) -> (current == log && log.leave()) ? over(current) : current);
	}

	private @Nullable LiveLog over(LiveLog log) {
		unwant(log);
		return null;
	}

	private void unwant(LiveLog log) {
		this.unheard.remove(log);
		this.peers.unwant(log.destination());
	}

	@Nullable LiveLog find(String address) {
		return this.logs.get(address);
	}

	/** The addresses of all logs that are being read here. */
	List<String> addresses() {
		return List.copyOf(this.logs.keySet());
	}

	/** All kept readers that are open here, by their numbers. */
	Map<Long, Reader> openKept() {
		Map<Long, Reader> open = new HashMap<>();
		for (LiveLog log : this.logs.values()) {
			log.named()
				.values()
				.stream()
				.filter((opened) -> opened.isDone() && !opened.isCompletedExceptionally())
				.map((opened) -> opened.join())
				.filter((opened) -> log.readers().contains(opened.reader()))
				.forEach((opened) -> open.put(opened.id(), opened.reader()));
		}
		return open;
	}

	/** How many readers are open here. */
	long readers() {
		return this.logs.values().stream().mapToLong((log) -> log.readers().size()).sum();
	}

	/** How many messages the reader that is furthest behind has yet to acknowledge. */
	long largestLag() {
		long largest = 0;
		for (LiveLog log : this.logs.values()) {
			for (Reader reader : log.readers()) {
				largest = Math.max(largest, log.head() - reader.position());
			}
		}
		return largest;
	}

	/**
	 * A log was removed, here or on another node; a new one may have been made under its
	 * address, whose readers stay.
	 */
	void removed(long id, String address) {
		LiveLog log = this.logs.get(address);
		if (log != null && log.isRemovedWith(id)) {
			end(log);
		}
	}

	/** The log of this number has the address now: whoever reads an older one is told. */
	void outlived(LiveLog log, long id) {
		if (log.isOlderThan(id)) {
			end(log);
		}
	}

	private void end(LiveLog log) {
		if (this.logs.remove(log.destination().address(), log)) {
			unwant(log);
		}
		log.end();
	}

	/** Kept readers were removed, here or on another node. */
	void readersRemoved(Collection<Long> readers) {
		Map<Long, Reader> open = openKept();
		readers.stream().map(open::get).filter(Objects::nonNull).forEach(Reader::end);
	}

	/** Tells what a commit stored. Called on the writer's thread. */
	void committed(List<Outcome> outcomes) {
		Set<LiveLog> moved = new LinkedHashSet<>();
		for (Outcome outcome : outcomes) {
			StoredMessage message = outcome.message();
			LiveLog log = this.logs.get(outcome.log().address());
			if (message == null) {
				// Where it was stored first, and nobody here was told of it.
				if (log != null && log.isOf(outcome.log()) && log.reached(outcome.log().head())) {
					moved.add(log);
				}
				continue;
			}
			if (log != null && log.isOf(outcome.log())) {
				log.stored(message);
				moved.add(log);
			}
			else if (log != null) {
				outlived(log, outcome.log().id());
			}
			tell(outcome.draft().destination(), message);
		}
		moved.forEach(LiveLog::wake);
		this.peers.tell(outcomes);
	}

	/**
	 * Takes what the database says of a log.
	 * @param log one whose life was known before the database was asked
	 * @param head its row, or null where it has none
	 */
	void seen(LiveLog log, @Nullable LogHead head) {
		if (head == null) {
			end(log);
		}
		else if (!log.isOf(head)) {
			outlived(log, head.id());
		}
		else if (log.reached(head.head())) {
			log.wake();
		}
	}

	/**
	 * Logs of which hints arrive by now, and did not when they were read first: whatever
	 * was told between is to be looked for, once.
	 */
	Map<String, LiveLog> takeHeard(int most) {
		Map<String, LiveLog> taken = new HashMap<>();
		for (LiveLog log : this.unheard) {
			if (taken.size() == most) {
				break;
			}
			if (log.isKnown() && this.peers.tellOf(log.destination())) {
				this.unheard.remove(log);
				taken.put(log.destination().address(), log);
			}
		}
		return taken;
	}

	/** The logs that are being read here and whose life is known, by address. */
	Map<String, LiveLog> known() {
		Map<String, LiveLog> known = new HashMap<>();
		this.logs.forEach((address, log) -> {
			if (log.isKnown()) {
				known.put(address, log);
			}
		});
		return known;
	}

	/**
	 * Takes the hint of another node.
	 * @return false where the database must be asked
	 */
	boolean hinted(LogHint hint) {
		LiveLog log = this.logs.get(hint.destination().address());
		if (log == null) {
			return true;
		}
		if (!log.hinted(hint)) {
			return isLookedAtLater(log);
		}
		log.wake();
		return true;
	}

	/**
	 * Has a log looked at once its life is known, where it is not yet: whoever joins may
	 * have read its row before what is told of it.
	 * @return whether it is not known yet
	 */
	boolean isLookedAtLater(LiveLog log) {
		if (log.isKnown()) {
			return false;
		}
		this.logs.computeIfPresent(log.destination().address(), (key, current) -> {
			if (current == log) {
				this.unheard.add(log);
			}
			return current;
		});
		return true;
	}

	private void tell(Destination destination, StoredMessage message) {
		try {
			this.listener.onAppended(destination, message);
		}
		catch (RuntimeException ex) {
			// What is stored stays stored, whatever a listener thinks of it.
			logger.error("A listener failed on a message for {}", destination, ex);
		}
	}

}
