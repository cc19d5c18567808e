package dev.usher.inbox.store;

import java.util.List;

import dev.usher.inbox.Inbox;
import dev.usher.inbox.LogHint;
import dev.usher.protocol.Destination;

/** Hands hints to the inbox of another node and keeps them. */
final class DirectHints extends QuietHints {

	private final Inbox other;

	private final List<LogHint> told;

	DirectHints(Inbox other, List<LogHint> told) {
		this.other = other;
		this.told = told;
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
