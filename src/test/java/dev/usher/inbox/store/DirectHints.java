package dev.usher.inbox.store;

import java.util.List;

import dev.usher.inbox.Inbox;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.LogHints;
import dev.usher.protocol.Destination;

/** Hands hints to the inbox of another node and keeps them. */
record DirectHints(Inbox other, List<LogHint> told) implements LogHints {

	@Override
	public boolean work() {
		return true;
	}

	@Override
	public long gaps() {
		return 0;
	}

	@Override
	public boolean hearAnybody() {
		return false;
	}

	@Override
	public boolean arrive(Destination destination) {
		return true;
	}

	@Override
	public void want(Destination destination) {
	}

	@Override
	public void unwant(Destination destination) {
	}

	@Override
	public void appended(LogHint hint) {
		this.told.add(hint);
		this.other.hinted(hint);
	}

	@Override
	public void freed(Destination destination) {
		this.other.freed(destination);
	}

}
