package dev.usher.inbox.store;

import dev.usher.inbox.LogHint;
import dev.usher.inbox.LogHints;
import dev.usher.protocol.Destination;

/** Hints that work, are heard by nobody, and have no gap. */
class QuietHints implements LogHints {

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
	}

	@Override
	public void freed(Destination destination) {
	}

}
