package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;

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

	/** The number of the log, 0 until it is known. Guarded by this, as are the others. */
	private long id;

	/** The number of the last log of this address that was removed. */
	private long removed;

	private boolean over;

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

	/**
	 * Whether it is the log of this number, and not one that had the address before or
	 * after it. Until somebody says a number it is nobody's.
	 */
	synchronized boolean isOf(long number) {
		if (this.over || number <= this.removed) {
			return false;
		}
		if (this.id == 0) {
			this.id = number;
		}
		return this.id == number;
	}

	/** Notes that a log of the address was removed; says whether it is this one. */
	synchronized boolean isRemovedWith(long number) {
		this.removed = Math.max(this.removed, number);
		return this.id != 0 && this.id <= number;
	}

	/** Whether its log must have been removed, because there is a younger one. */
	synchronized boolean isOlderThan(long number) {
		return this.id != 0 && this.id < number;
	}

	/** Adds a reader; answers whether the log is there still. */
	synchronized boolean add(Reader reader) {
		if (!this.over) {
			this.readers.addIfAbsent(reader);
		}
		return !this.over;
	}

	void remove(Reader reader) {
		this.readers.remove(reader);
	}

	/** Takes what this node appended, in order, after the commit. */
	void appended(StoredMessage message) {
		this.tail.add(message);
		this.head.accumulateAndGet(message.offset(), Math::max);
	}

	/** Takes where the database says the head is. */
	void reached(long offset) {
		this.head.accumulateAndGet(offset, Math::max);
	}

	void wake() {
		this.readers.forEach(Reader::wake);
	}

	/** The log was removed: its offsets mean nothing any more. */
	void end() {
		synchronized (this) {
			this.over = true;
		}
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
