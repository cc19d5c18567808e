package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.inbox.LogHint;
import dev.usher.inbox.StoredMessage;
import dev.usher.inbox.store.Beginnings.Beginning;
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

	private final Map<Reader, String> names = new ConcurrentHashMap<>();

	/** The number of the log, 0 until it is known. Guarded by this, as are the others. */
	private long id;

	/** The life of the log, null until it is known. */
	private @Nullable String epoch;

	/** The number of the last log of this address that was removed. */
	private long removed;

	private boolean over;

	/** Null while nobody joins who starts now, as nearly always. */
	private @Nullable Beginnings beginnings;

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
	 * Whether it is this log, and not one that had the address before or after it. Until
	 * somebody says which it is nobody's.
	 */
	synchronized boolean isOf(LogHead log) {
		if (this.over || log.id() <= this.removed) {
			return false;
		}
		if (this.id == 0) {
			this.id = log.id();
			this.epoch = log.epoch();
		}
		return this.id == log.id();
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

	/** A reader is over; its name, where it has one, is free. */
	void remove(Reader reader) {
		this.readers.remove(reader);
		String name = this.names.remove(reader);
		if (name != null) {
			this.named.computeIfPresent(name, (key, open) -> isOf(open, reader) ? null : open);
		}
	}

	private static boolean isOf(CompletableFuture<ReaderRegistry.Opened> open, Reader reader) {
		return open.isDone() && !open.isCompletedExceptionally() && open.join().reader() == reader;
	}

	/** Notes what a reader is called, before anybody can join or end it. */
	void name(Reader reader, String name) {
		this.names.put(reader, name);
	}

	synchronized boolean isKnown() {
		return this.id != 0;
	}

	/**
	 * Somebody begins to join who wants what is stored from now on.
	 * @param name of the reader, or null where it is one of a connection
	 */
	synchronized Beginning begin(@Nullable String name) {
		Beginnings all = (this.beginnings != null) ? this.beginnings : new Beginnings();
		this.beginnings = all;
		return all.add(name);
	}

	/** They have joined, or failed to. */
	synchronized void begun(Beginning beginning) {
		if (this.beginnings != null) {
			this.beginnings.remove(beginning);
			this.beginnings = (this.beginnings.isEmpty()) ? null : this.beginnings;
		}
	}

	/** Takes what this node appended, in order, after the commit. */
	synchronized void stored(StoredMessage message) {
		if (this.beginnings != null) {
			this.beginnings.stored(message.offset());
		}
		appended(message);
	}

	private void appended(StoredMessage message) {
		this.tail.add(message);
		this.head.accumulateAndGet(message.offset(), Math::max);
	}

	/**
	 * Takes what another node appended. What does not follow on what is known here is
	 * read from the database, which has it: a hint is given after the commit.
	 * @return false where it is of another life of the log
	 */
	synchronized boolean hinted(LogHint hint) {
		if (this.over || !hint.epoch().equals(this.epoch)) {
			return false;
		}
		if (hint.head() <= head()) {
			return true;
		}
		List<StoredMessage> newer = hint.messages().stream().filter((message) -> message.offset() > head()).toList();
		if (newer.isEmpty() || newer.get(0).offset() != head() + 1
				|| newer.get(newer.size() - 1).offset() != hint.head() || newer.size() != hint.head() - head()) {
			reached(hint.head());
		}
		else {
			newer.forEach(this::appended);
		}
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
