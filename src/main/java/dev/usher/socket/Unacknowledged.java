package dev.usher.socket;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The live messages a client has yet to acknowledge. Nothing is kept to be sent again;
 * the ids are kept to tell a known one from an unknown. Bounded for all subscriptions of
 * a connection together, because a client may never acknowledge.
 */
final class Unacknowledged {

	private final AckMode mode;

	private final Set<String> ids = new LinkedHashSet<>();

	private final Holdings holdings;

	Unacknowledged(AckMode mode, Holdings holdings) {
		this.mode = mode;
		this.holdings = holdings;
	}

	/** Whether there was room. */
	boolean add(String messageId) {
		if (!this.holdings.awaitAcknowledgement(Holdings.MOST_UNACKNOWLEDGED)) {
			return false;
		}
		if (!this.ids.add(messageId)) {
			this.holdings.acknowledged(1);
			return false;
		}
		return true;
	}

	/** Whether it was there. In {@code client} mode all before it go with it. */
	boolean remove(String messageId) {
		int before = this.ids.size();
		boolean known = take(messageId);
		this.holdings.acknowledged(before - this.ids.size());
		return known;
	}

	private boolean take(String messageId) {
		if (this.mode != AckMode.CLIENT) {
			return this.ids.remove(messageId);
		}
		if (!this.ids.contains(messageId)) {
			return false;
		}
		Iterator<String> iterator = this.ids.iterator();
		while (!iterator.next().equals(messageId)) {
			iterator.remove();
		}
		iterator.remove();
		return true;
	}

	/** None is waited for any longer. */
	void clear() {
		this.holdings.acknowledged(this.ids.size());
		this.ids.clear();
	}

}
