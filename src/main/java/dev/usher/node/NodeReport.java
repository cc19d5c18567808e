package dev.usher.node;

/**
 * What a node says of itself.
 *
 * @param ready whether a load balancer may send clients there
 * @param draining whether it lets nobody in and sends its connections away
 * @param blind whether it cannot hear what other nodes end while they can
 * @param bus how its bus does: {@code none}, {@code up} or {@code down}
 * @param clockSkew by how many milliseconds its clock is ahead of the database's
 * @param connections how many sockets are open
 */
record NodeReport(boolean ready, boolean draining, boolean blind, String bus, long clockSkew, int connections) {

	/** Whether the two differ in something that others should hear of soon. */
	boolean saysOtherThan(NodeReport other) {
		return this.ready != other.ready || this.draining != other.draining || this.blind != other.blind
				|| !this.bus.equals(other.bus);
	}

}
