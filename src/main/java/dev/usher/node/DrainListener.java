package dev.usher.node;

/**
 * Has something to do when this node drains: it is to serve nobody any more. Beans of
 * this type are found.
 */
@FunctionalInterface
public interface DrainListener {

	/**
	 * The node drains from here on, and is not ready. Called once, on any thread; must
	 * not block.
	 */
	void onDrain();

}
