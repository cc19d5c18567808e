package dev.usher.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Has other nodes read at once what has changed, which they would otherwise do within
 * {@code usher.cluster.poll}. A hint may be lost, and says nothing: what has changed is
 * what the rows say.
 */
@FunctionalInterface
public interface ChangeHints {

	/**
	 * Tells of rows that are committed. Any thread may call; never blocks, never fails.
	 * @param user whose nodes need to know, or null where all do
	 */
	void changed(@Nullable String user);

}
