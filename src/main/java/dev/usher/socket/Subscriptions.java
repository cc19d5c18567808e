package dev.usher.socket;

import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Who listens where: a hash from an address to its {@link Topic}. Nothing is matched and
 * nothing is scanned, and no two destinations share a lock.
 */
@Component
class Subscriptions {

	private final ConcurrentHashMap<String, Topic> topics = new ConcurrentHashMap<>();

	void add(LiveSubscription subscription) {
		this.topics.compute(subscription.destination().address(), (address, topic) -> {
			Topic present = (topic != null) ? topic : new Topic();
			present.add(subscription);
			return present;
		});
	}

	void remove(LiveSubscription subscription) {
		this.topics.computeIfPresent(subscription.destination().address(), (address, topic) -> {
			topic.remove(subscription);
			return (topic.isEmpty()) ? null : topic;
		});
	}

	@Nullable Topic at(String address) {
		return this.topics.get(address);
	}

	/** How many destinations have subscriptions. */
	int size() {
		return this.topics.size();
	}

}
