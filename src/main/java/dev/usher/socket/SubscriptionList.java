package dev.usher.socket;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one connection. Frames change it on the thread that reads; an
 * ending empties it from any.
 */
final class SubscriptionList {

	/** Subscriptions of one connection. */
	static final int MOST = 200;

	private final Map<String, Subscription> byKey = new HashMap<>(2);

	private final Holdings holdings;

	private int nextOrdinal;

	private boolean ended;

	SubscriptionList(Holdings holdings) {
		this.holdings = holdings;
	}

	/** The number of the next subscription. */
	synchronized int nextOrdinal() {
		return this.nextOrdinal++;
	}

	/**
	 * Adds a subscription; where the connection has ended, it ends at once.
	 * @param key the id, or the destination for a client of STOMP 1.0 that gave none
	 */
	synchronized void add(String key, Subscription subscription) {
		if (this.ended) {
			subscription.end(false);
			return;
		}
		if (this.byKey.containsKey(key)) {
			throw new RefusedException(Reason.BAD_FRAME, "A subscription of this id exists on this connection.");
		}
		if (this.byKey.size() >= MOST) {
			throw new RefusedException(Reason.TOO_LARGE, "A connection has " + MOST + " subscriptions at most.");
		}
		this.byKey.put(key, subscription);
		this.holdings.add(bytes(key, subscription));
	}

	/** Takes one out, for its end. */
	synchronized Subscription remove(String key) {
		Subscription subscription = this.byKey.remove(key);
		if (subscription == null) {
			throw new RefusedException(Reason.BAD_FRAME, "There is no subscription of this id on this connection.");
		}
		this.holdings.add(-bytes(key, subscription));
		return subscription;
	}

	/** What it takes in memory, roughly; its names are as long as the client likes. */
	private static int bytes(String key, Subscription subscription) {
		int own = (subscription.destination().stored()) ? 1536 : 512;
		return own + 2 * key.length() + 2 * subscription.destination().address().length();
	}

	synchronized @Nullable Subscription get(String key) {
		return this.byKey.get(key);
	}

	synchronized @Nullable Subscription withOrdinal(int ordinal) {
		for (Subscription subscription : this.byKey.values()) {
			if (subscription.ordinal() == ordinal) {
				return subscription;
			}
		}
		return null;
	}

	synchronized int size() {
		return this.byKey.size();
	}

	synchronized Collection<Subscription> all() {
		return List.copyOf(this.byKey.values());
	}

	/** All of them by their ids, or their destinations where they have none. */
	synchronized Map<String, Subscription> byId() {
		Map<String, Subscription> byId = new HashMap<>();
		this.byKey.forEach((key, subscription) -> byId.put(key.substring(1), subscription));
		return byId;
	}

	void endAll() {
		Collection<Subscription> ending;
		synchronized (this) {
			this.ended = true;
			ending = all();
			this.byKey.clear();
		}
		for (Subscription subscription : ending) {
			subscription.end(false);
		}
	}

}
