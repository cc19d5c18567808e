package dev.usher.bus;

import dev.usher.protocol.Message;

/**
 * Tells every node that a message was accepted. Whoever calls has validated the message
 * and checked that its publisher may send it; a listener need not ask again.
 */
public interface Bus {

	/**
	 * Announces a message. Returns when this node's listener has seen it, on the caller's
	 * thread; never waits for a reader.
	 * @return how many connections of this node took it
	 */
	int announce(Message message);

	/**
	 * Names the one listener of this node. Called once, while the gateway starts.
	 */
	void listen(Listener listener);

	/** Takes what was announced. */
	@FunctionalInterface
	interface Listener {

		/**
		 * Hands a message to the connections of this node. Called on the publisher's
		 * thread, by many at once; must not block.
		 * @return how many connections took it
		 */
		int onMessage(Message message);

	}

}
