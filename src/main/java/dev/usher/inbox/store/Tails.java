package dev.usher.inbox.store;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

import dev.usher.inbox.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The latest messages of the logs that are being read here, so that a reader who is up to
 * date costs the database nothing. All tails together stay within a number of bytes: the
 * message that has been there longest goes first, whichever log it is of.
 */
final class Tails {

	private final long maxBytes;

	/** Guarded by the monitor of this object. */
	private final Deque<Kept> oldestFirst = new ArrayDeque<>();

	private long bytes;

	Tails(long maxBytes) {
		this.maxBytes = maxBytes;
	}

	Tail tail() {
		return new Tail();
	}

	private synchronized void kept(Tail tail, StoredMessage message) {
		int weight = message.weight();
		this.oldestFirst.add(new Kept(tail, message.offset(), weight));
		this.bytes += weight;
		while (this.bytes > this.maxBytes) {
			Kept oldest = this.oldestFirst.remove();
			this.bytes -= oldest.weight();
			oldest.tail().drop(oldest.offset());
		}
	}

	/** The latest messages of one log, without a hole. */
	final class Tail {

		/** By offset, without gaps. Guarded by the monitor of this tail. */
		private final TreeMap<Long, StoredMessage> messages = new TreeMap<>();

		void add(StoredMessage message) {
			synchronized (this) {
				if (!this.messages.isEmpty() && this.messages.lastKey() != message.offset() - 1) {
					// Another node appended in between; what came before cannot be
					// joined.
					this.messages.clear();
				}
				this.messages.put(message.offset(), message);
			}
			kept(this, message);
		}

		private synchronized void drop(long offset) {
			this.messages.remove(offset);
		}

		synchronized void clear() {
			this.messages.clear();
		}

		/**
		 * What came right after a place.
		 * @return null where the tail does not reach back that far
		 */
		synchronized @Nullable List<StoredMessage> after(long place, int most) {
			if (!this.messages.containsKey(place + 1)) {
				return null;
			}
			return this.messages.tailMap(place + 1).values().stream().limit(most).toList();
		}

		/** Single messages, or null where one of them is not here. */
		synchronized @Nullable List<StoredMessage> at(Collection<Long> offsets) {
			if (!this.messages.keySet().containsAll(offsets)) {
				return null;
			}
			return offsets.stream().map(this.messages::get).toList();
		}

	}

	private record Kept(Tail tail, long offset, int weight) {

	}

}
