package dev.usher.node;

/**
 * How much this node has to do. Implemented by whoever keeps connections; where nobody
 * does there are none.
 */
@FunctionalInterface
public interface NodeLoad {

	/** How many sockets are open now. Any thread may ask; must not block. */
	int connections();

}
