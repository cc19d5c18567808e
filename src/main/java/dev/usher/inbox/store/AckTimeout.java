package dev.usher.inbox.store;

import java.util.List;

/**
 * Takes back what somebody has had for longer than {@code usher.inbox.ack-timeout}, if
 * another could have it, here or on another node. Guarded by the reader's lock.
 */
final class AckTimeout {

	private final Shares shares;

	private final ReaderBacklog backlog;

	private final ReaderTools tools;

	AckTimeout(Shares shares, ReaderBacklog backlog, ReaderTools tools) {
		this.shares = shares;
		this.backlog = backlog;
		this.tools = tools;
	}

	/** Answers whether there is something to hand out again here. */
	boolean takeFromSlow() {
		long timeout = this.tools.properties().ackTimeout().toMillis();
		boolean several = this.shares.areSeveral();
		if (timeout == 0 || !(several || this.backlog.isShared())) {
			return false;
		}
		long now = this.tools.clock().millis();
		List<Outstanding> late = this.shares.giveOlder(now - timeout, several);
		late.forEach((several) ? this.backlog::requeue : (each) -> this.backlog.letGo(each, now));
		return several && !late.isEmpty();
	}

}
