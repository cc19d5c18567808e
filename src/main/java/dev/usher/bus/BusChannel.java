package dev.usher.bus;

import dev.usher.protocol.Destination;

/**
 * Where entries are sent: to the nodes that have a user's connections, a topic's
 * subscriptions or a queue's readers, to all nodes, or to one.
 *
 * @param name unique; its first letter and a colon say what it is
 */
public record BusChannel(String name) {

	/** What every node listens to. */
	public static final BusChannel CONTROL = new BusChannel("c");

	/** Nodes on which the user is connected. */
	public static BusChannel user(String user) {
		return new BusChannel("u:" + user);
	}

	/** Nodes on which a shared live destination has subscriptions. */
	public static BusChannel topic(String name) {
		return new BusChannel("t:" + name);
	}

	/** Nodes on which a shared stored destination has readers. */
	public static BusChannel queue(String name) {
		return new BusChannel("q:" + name);
	}

	/** One node. */
	public static BusChannel node(long incarnation) {
		return new BusChannel("n:" + Incarnation.text(incarnation));
	}

	/** Where the nodes with readers of a destination are reached. */
	public static BusChannel of(Destination destination) {
		if (destination.owner() != null) {
			return user(destination.owner());
		}
		return (destination.stored()) ? queue(destination.name()) : topic(destination.name());
	}

	/**
	 * The lane of this channel, the same on every node with as many lanes: what is sent
	 * to one channel keeps its order, and a lane that fails takes its channels with it.
	 */
	public int lane(int lanes) {
		int hash = this.name.hashCode() * 0x9E3779B9;
		return Math.floorMod(hash ^ (hash >>> 16), lanes);
	}

}
