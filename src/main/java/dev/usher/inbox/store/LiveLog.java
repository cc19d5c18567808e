package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.inbox.LogHint;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * A log that is being read on this node. There is one for each address while somebody
 * reads it; who appends tells it, who reads asks it whether there is more.
 */
final class LiveLog {

	private final Destination destination;

	private final Tails.Tail tail;

	private final AtomicLong head = new AtomicLong();

	private final CopyOnWriteArrayList<Reader> readers = new CopyOnWriteArrayList<>();

	/** The readers kept in the database, by name. */
	private final Map<String, CompletableFuture<ReaderRegistry.Opened>> named = new ConcurrentHashMap<>();

	/** The log's life; null until it is known. Guarded by the monitor of this object. */
	private @Nullable String epoch;

	/** How many use it; guarded by the map of live logs. */
	private int uses;

	LiveLog(Destination destination, Tails.Tail tail) {
		this.destination = destination;
		this.tail = tail;
	}

	Destination destination() {
		return this.destination;
	}

	Tails.Tail tail() {
		return this.tail;
	}

	/** The highest offset known to be committed. */
	long head() {
		return this.head.get();
	}

	Map<String, CompletableFuture<ReaderRegistry.Opened>> named() {
		return this.named;
	}

	List<Reader> readers() {
		return this.readers;
	}

	void add(Reader reader) {
		this.readers.addIfAbsent(reader);
	}

	void remove(Reader reader) {
		this.readers.remove(reader);
	}

	/** Whether this is a life of the log that is read here; the first that is seen is. */
	synchronized boolean isOf(String life) {
		if (this.epoch == null) {
			this.epoch = life;
		}
		return this.epoch.equals(life);
	}

	synchronized boolean isKnown() {
		return this.epoch != null;
	}

	/** Takes what this node appended, in order, after the commit. */
	synchronized void appended(StoredMessage message) {
		this.tail.add(message);
		this.head.accumulateAndGet(message.offset(), Math::max);
	}

	/**
	 * Takes what another node appended.
	 * @return false where it does not follow on what is known here
	 */
	synchronized boolean hinted(LogHint hint) {
		if (hint.head() <= head()) {
			return true;
		}
		List<StoredMessage> newer = hint.messages().stream().filter((message) -> message.offset() > head()).toList();
		if (newer.isEmpty() || newer.get(0).offset() != head() + 1
				|| newer.get(newer.size() - 1).offset() != hint.head() || newer.size() != hint.head() - head()) {
			return false;
		}
		newer.forEach(this::appended);
		return true;
	}

	/** Takes where the database says the head is; answers whether that is news. */
	boolean reached(long offset) {
		return this.head.getAndAccumulate(offset, Math::max) < offset;
	}

	void wake() {
		this.readers.forEach(Reader::wake);
	}

	/** The log was removed: its offsets mean nothing any more. */
	void end() {
		this.tail.clear();
		this.readers.forEach(Reader::end);
	}

	LiveLog use() {
		this.uses++;
		return this;
	}

	/** Answers whether nobody uses it any more. */
	boolean leave() {
		if (--this.uses == 0) {
			this.tail.clear();
			return true;
		}
		return false;
	}

}
