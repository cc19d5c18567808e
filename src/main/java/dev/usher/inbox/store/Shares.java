package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The subscriptions that share one reader, and whose turn it is. Guarded by the reader's
 * lock.
 */
final class Shares {

	private final List<Share> all = new ArrayList<>(1);

	private int next;

	void add(Share share) {
		this.all.add(share);
	}

	/** Whether it was there. */
	boolean remove(Share share) {
		return this.all.remove(share);
	}

	/** Removes every share and returns those removed. */
	List<Share> removeAll() {
		List<Share> removed = List.copyOf(this.all);
		this.all.clear();
		return removed;
	}

	boolean isEmpty() {
		return this.all.isEmpty();
	}

	/** Whether a message can go from one to another. */
	boolean areSeveral() {
		return this.all.size() > 1;
	}

	/** How many messages all of them take now. */
	int room() {
		int room = 0;
		for (Share share : this.all) {
			room += Math.max(0, share.room());
		}
		return room;
	}

	/** Before what is handed out and not acknowledged, or before a place. */
	long position(long place) {
		long position = place;
		for (Share share : this.all) {
			for (Outstanding outstanding : share.held()) {
				position = Math.min(position, outstanding.offset - 1);
			}
		}
		return position;
	}

	/** Adds the messages that are being handled. */
	void addHeldTo(Set<Long> offsets) {
		this.all.forEach((share) -> share.held().forEach((outstanding) -> offsets.add(outstanding.offset)));
	}

	/** How many messages are being handled. */
	int heldCount() {
		int held = 0;
		for (Share share : this.all) {
			held += share.held().size();
		}
		return held;
	}

	/** The next in turn that has room, if possible not the one that refused it. */
	Share pick(Outstanding outstanding) {
		Share second = this.all.get(0);
		int size = this.all.size();
		for (int i = 0; i < size; i++) {
			int index = (this.next + i) % size;
			Share share = this.all.get(index);
			if (share.room() > 0) {
				if (share != outstanding.last) {
					this.next = index + 1;
					return share;
				}
				second = share;
			}
		}
		return second;
	}

	/**
	 * Takes back what somebody has had for too long.
	 * @param toAnother whether only where another could have it
	 */
	List<Outstanding> giveOlder(long handedBefore, boolean toAnother) {
		List<Outstanding> given = new ArrayList<>();
		for (Share share : this.all) {
			if (!toAnother || this.all.stream().anyMatch((other) -> other != share && other.room() > 0)) {
				given.addAll(share.giveOlder(handedBefore));
			}
		}
		return given;
	}

}
