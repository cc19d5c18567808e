package dev.usher.bus;

import java.util.concurrent.CompletableFuture;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;

/**
 * Hands what happened to the subscriptions of this node, and tells the other nodes. What
 * is told may be lost on the way: whatever must not be missed is in the database as well,
 * and a {@link Gap} says when to look there.
 * <p>
 * Any thread may call; nothing here blocks. Without other nodes all but {@link #announce}
 * costs nothing.
 */
public interface Bus {

	/**
	 * Whether this node tells others: whether {@link #send} and {@link #want} do
	 * anything.
	 */
	boolean reachesOthers();

	/**
	 * Whether all of it works now, as far as is known: what others send arrives.
	 */
	boolean works();

	/**
	 * Hands a message to the connections of this node. Returns when this node's listener
	 * has seen it, on the caller's thread; never waits for a reader. Whoever calls has
	 * validated the message and checked that its publisher may send it; a listener need
	 * not ask again.
	 * @return how many connections of this node took it
	 */
	int announce(Message message);

	/**
	 * Whether a connection of this node is subscribed to a live destination just now.
	 */
	boolean isHeard(Destination destination);

	/**
	 * Names the one listener of this node. Called once, while the gateway starts.
	 */
	void listen(Listener listener);

	/**
	 * Sends an entry to the other nodes that want a channel. Entries of one thread to one
	 * channel arrive in their order. An entry is sent once and never again.
	 * @param entry is given away
	 * @return {@link Reach#CLUSTER} when the engine has taken it; {@link Reach#NODE}
	 * where it cannot be reached, does not answer within two seconds or too much waits
	 * for it. Never fails. What depends on it runs on a thread of the bus and must not
	 * block
	 */
	CompletableFuture<Reach> send(BusChannel channel, EntryKind kind, byte[] entry);

	/**
	 * How many entries of a kind this node was asked to send and the engine has not
	 * taken, so that other nodes miss them and cannot know.
	 */
	long unsent(EntryKind kind);

	/**
	 * Names who takes the entries of a kind that other nodes send. Called once for each
	 * kind, while the gateway starts.
	 */
	void receive(EntryKind kind, Receiver receiver);

	/**
	 * Asks for what is sent to a channel, until {@link #unwant} was called as often.
	 */
	void want(BusChannel channel);

	/** Takes back one {@link #want}. */
	void unwant(BusChannel channel);

	/**
	 * Waits until the engine has confirmed a wanted channel, for two seconds at most.
	 * @return {@link Reach#CLUSTER} if it has, else {@link Reach#NODE}. Never fails. What
	 * depends on it runs on a thread of the bus and must not block
	 */
	CompletableFuture<Reach> confirmed(BusChannel channel);

	/**
	 * Whether the engine has confirmed a wanted channel, so that what others send to it
	 * from now on arrives as long as all {@linkplain #works() works}.
	 */
	boolean hears(BusChannel channel);

	/** Adds somebody to be told of gaps. Called while the gateway starts. */
	void onGap(GapListener listener);

	/** Takes what was announced. */
	@FunctionalInterface
	interface Listener {

		/**
		 * Hands a message to the connections of this node. Called on the publisher's
		 * thread or one of the bus, by many at once; must not block.
		 * @return how many connections took it
		 */
		int onMessage(Message message);

		/** Whether any connection would be handed a message to a destination. */
		default boolean isHeard(Destination destination) {
			return false;
		}

		/**
		 * Runs work that calls {@link #onMessage} many times, so that what they cause can
		 * be done together at its end.
		 */
		default void together(Runnable work) {
			work.run();
		}

	}

	/** Takes entries of one kind. */
	@FunctionalInterface
	interface Receiver {

		/**
		 * Takes an entry of another node, whose bytes are authentic. Called on a thread
		 * of the bus, one at a time for each channel; must not block. What it throws is
		 * logged and loses this entry alone.
		 * @param origin the incarnation that sent it
		 */
		void onEntry(BusChannel channel, long origin, byte[] entry);

	}

	/** Is told of gaps. */
	@FunctionalInterface
	interface GapListener {

		/**
		 * Entries may have been missed; from now on none are. Called on a thread of its
		 * own, one gap after the other; may block.
		 */
		void onGap(Gap gap);

	}

}
