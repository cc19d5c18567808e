package dev.usher.socket;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The live messages a client has yet to acknowledge. Nothing is kept to be sent again;
 * the ids are kept to tell a known one from an unknown. Bounded, because a client may
 * never acknowledge.
 */
final class Unacknowledged {

	private static final int MOST = 4096;

	private final AckMode mode;

	private final Set<String> ids = new LinkedHashSet<>();

	Unacknowledged(AckMode mode) {
		this.mode = mode;
	}

	/** Whether there was room. */
	boolean add(String messageId) {
		return this.ids.size() < MOST && this.ids.add(messageId);
	}

	/** Whether it was there. In {@code client} mode all before it go with it. */
	boolean remove(String messageId) {
		if (this.mode != AckMode.CLIENT) {
			return this.ids.remove(messageId);
		}
		if (!this.ids.contains(messageId)) {
			return false;
		}
		Iterator<String> iterator = this.ids.iterator();
		while (!iterator.next().equals(messageId)) {
			iterator.remove();
		}
		iterator.remove();
		return true;
	}

}
