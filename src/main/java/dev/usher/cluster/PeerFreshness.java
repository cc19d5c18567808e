package dev.usher.cluster;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How the other nodes do that this one hears of without the database. Provided by
 * whatever lets nodes hear each other; without a bean of this type there are no others.
 * Any thread may ask; must not block.
 */
public interface PeerFreshness {

	/**
	 * Whether there are other nodes, as far as is known: one was heard, and not all that
	 * were have said that they go down.
	 */
	boolean hasPeers();

	/**
	 * How long ago the last good poll of any other node was, of those that are heard now.
	 * @return null where none is heard
	 */
	@Nullable Duration freshest();

}
