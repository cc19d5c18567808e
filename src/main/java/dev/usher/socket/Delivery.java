package dev.usher.socket;

import dev.usher.bus.Bus;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;

import org.springframework.stereotype.Component;

/**
 * Hands what was announced to the subscriptions of this node. Runs on the publisher's
 * thread, for messages of other nodes on one of the bus, and waits for nobody: a frame
 * goes into each connection's queue, and a connection whose queue is full is ended.
 */
@Component
class Delivery implements Bus.Listener {

	private final Subscriptions subscriptions;

	private final Traffic traffic;

	Delivery(Subscriptions subscriptions, Bus bus, Traffic traffic) {
		this.subscriptions = subscriptions;
		this.traffic = traffic;
		bus.listen(this);
	}

	@Override
	public int onMessage(Message message) {
		Topic topic = this.subscriptions.at(message.destination().address());
		if (topic == null) {
			return 0;
		}
		Flusher flusher = Flusher.current();
		flusher.begin();
		try {
			EncodedMessage encoded = new EncodedMessage(message, (flusher.samples()) ? this.traffic.live() : null);
			int taken = deliver(topic, encoded, flusher);
			this.traffic.live(message.destination(), taken);
			return taken;
		}
		finally {
			flusher.end();
		}
	}

	@Override
	public boolean isHeard(Destination destination) {
		return this.subscriptions.at(destination.address()) != null;
	}

	/** What all of it queues is written to each connection at once. */
	@Override
	public void together(Runnable work) {
		Flusher flusher = Flusher.current();
		flusher.begin();
		try {
			work.run();
		}
		finally {
			flusher.end();
		}
	}

	private static int deliver(Topic topic, EncodedMessage message, Flusher flusher) {
		int taken = 0;
		for (LiveSubscription subscription : topic.subscriptions()) {
			if (subscription != null && subscription.deliver(message, flusher)) {
				taken++;
			}
			flusher.relieve(message.takeEncoded());
		}
		return taken;
	}

}
