package dev.usher.socket;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjIntConsumer;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Who listens where: a hash from an address to its {@link Topic}. Nothing is matched and
 * nothing is scanned, and no two destinations share a lock.
 */
@Component
class Subscriptions {

	private final ConcurrentHashMap<String, Topic> topics = new ConcurrentHashMap<>();

	private final Bus bus;

	Subscriptions(Bus bus) {
		this.bus = bus;
	}

	void add(LiveSubscription subscription) {
		this.topics.compute(subscription.destination().address(), (address, topic) -> {
			Topic present = (topic != null) ? topic : begun(subscription.destination());
			present.add(subscription);
			return present;
		});
	}

	void remove(LiveSubscription subscription) {
		this.topics.computeIfPresent(subscription.destination().address(), (address, topic) -> {
			topic.remove(subscription);
			if (!topic.isEmpty()) {
				return topic;
			}
			if (subscription.destination().owner() == null) {
				this.bus.unwant(BusChannel.of(subscription.destination()));
			}
			return null;
		});
	}

	/**
	 * The first subscription here: other nodes are asked for a shared one. A user's own
	 * come with the channel that their connections ask for.
	 */
	private Topic begun(Destination destination) {
		if (destination.owner() == null) {
			this.bus.want(BusChannel.of(destination));
		}
		return new Topic();
	}

	@Nullable Topic at(String address) {
		return this.topics.get(address);
	}

	/** Shows each destination with its number of subscriptions, in no order. */
	void forEach(ObjIntConsumer<String> action) {
		this.topics.forEach((address, topic) -> action.accept(address, topic.size()));
	}

	/** How many destinations have subscriptions. */
	int size() {
		return this.topics.size();
	}

}
