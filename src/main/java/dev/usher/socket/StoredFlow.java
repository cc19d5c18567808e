package dev.usher.socket;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.usher.inbox.Lane;
import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.WebSocket;

/**
 * The stored messages of one connection between its readers and the wire. All its
 * subscriptions together fill a part of the connection's queue and no more, so that a
 * replay leaves room for what is live; one that finds no room waits, and is told in turn
 * when there is. What was written is told to the subscription it was of. Any thread; its
 * lock is held while frames are queued and while nothing else is called.
 */
final class StoredFlow {

	/** Of the messages that may wait for an ACK, the rest is for live ones. */
	private static final int MOST_UNACKNOWLEDGED = Holdings.MOST_UNACKNOWLEDGED / 2;

	/** More would read what then finds no room again. */
	private static final int WOKEN_AT_ONCE = 8;

	private final Outlet outlet;

	/** Queued and not written yet, in order. */
	private final ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();

	/** Who found no room, in that order, and for how many bytes. */
	private final Map<StoredSubscription, Integer> waiting = new LinkedHashMap<>();

	private final int limit;

	private final Lane lane;

	/**
	 * @param limit how many bytes may be queued with a stored message
	 * @param lane in which the client waits for the database
	 */
	StoredFlow(Outlet outlet, int limit, Lane lane) {
		this.outlet = outlet;
		this.limit = limit;
		this.lane = lane;
	}

	Lane lane() {
		return this.lane;
	}

	/**
	 * Whether there seems to be room for a message, before it is encoded; if not, as with
	 * {@link #offer}.
	 * @param bytes of its body
	 */
	synchronized boolean hasRoom(int bytes, StoredSubscription subscription) {
		int queued = this.outlet.socket().queuedBytes();
		boolean room = queued == 0 || queued + bytes <= this.limit;
		if (!room) {
			this.waiting.put(subscription, bytes);
		}
		return room;
	}

	/**
	 * Queues a message.
	 * @return whether there was room; if not, the subscription is told when there is
	 */
	synchronized boolean offer(OutboundFrame frame, StoredSubscription subscription, long offset) {
		WebSocket socket = this.outlet.socket();
		WebSocket.Offer offer = socket.offer(frame, this.limit);
		if (offer == WebSocket.Offer.QUEUED) {
			// Others may have queued frames since: then it counts as written with those.
			this.unwritten.add(new Unwritten(socket.framesQueued(), subscription, offset));
			return true;
		}
		if (offer == WebSocket.Offer.FULL) {
			this.waiting.put(subscription, frame.length());
		}
		return false;
	}

	/** Whether one more message may wait for its ACK; if not, as with {@link #offer}. */
	synchronized boolean awaitAcknowledgement(StoredSubscription subscription) {
		boolean room = this.outlet.holdings().awaitAcknowledgement(MOST_UNACKNOWLEDGED);
		if (!room) {
			this.waiting.put(subscription, 0);
		}
		return room;
	}

	/** A subscription has ended. */
	synchronized void leave(StoredSubscription subscription) {
		this.waiting.remove(subscription);
	}

	/** So many frames have left since the socket was opened. Called with no lock held. */
	void written(long frames) {
		for (Written each : takeWritten(frames)) {
			each.subscription().written(each.offsets());
		}
		wake();
	}

	private synchronized List<Written> takeWritten(long frames) {
		if (this.unwritten.isEmpty() || this.unwritten.getFirst().sequence() > frames) {
			return List.of();
		}
		List<Written> written = new ArrayList<>();
		while (!this.unwritten.isEmpty() && this.unwritten.getFirst().sequence() <= frames) {
			Unwritten next = this.unwritten.removeFirst();
			int last = written.size() - 1;
			if (last >= 0 && written.get(last).subscription() == next.subscription()) {
				written.get(last).offsets().add(next.offset());
			}
			else {
				written.add(new Written(next.subscription(), new ArrayList<>(List.of(next.offset()))));
			}
		}
		return written;
	}

	/** Tells those who wait that there is room, if there is. Called with no lock held. */
	void wake() {
		nextWaiting().forEach(StoredSubscription::askForMore);
	}

	private synchronized List<StoredSubscription> nextWaiting() {
		if (this.waiting.isEmpty() || this.outlet.holdings().unacknowledged() >= MOST_UNACKNOWLEDGED) {
			return List.of();
		}
		List<StoredSubscription> next = new ArrayList<>(WOKEN_AT_ONCE);
		int queued = this.outlet.socket().queuedBytes();
		Iterator<Map.Entry<StoredSubscription, Integer>> waiting = this.waiting.entrySet().iterator();
		while (next.size() < WOKEN_AT_ONCE && waiting.hasNext()) {
			Map.Entry<StoredSubscription, Integer> first = waiting.next();
			if (queued > 0 && queued + first.getValue() > this.limit) {
				break;
			}
			queued += first.getValue();
			next.add(first.getKey());
			waiting.remove();
		}
		return next;
	}

	/**
	 * A message in the queue.
	 *
	 * @param sequence how many frames have left when it has
	 */
	private record Unwritten(long sequence, StoredSubscription subscription, long offset) {

	}

	/** Messages of one subscription that have left one after the other. */
	private record Written(StoredSubscription subscription, List<Long> offsets) {

	}

}
