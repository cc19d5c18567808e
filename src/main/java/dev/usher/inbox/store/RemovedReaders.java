package dev.usher.inbox.store;

import java.util.List;

import dev.usher.cluster.Change;
import dev.usher.cluster.ChangeListener;

import org.springframework.stereotype.Component;

/** A kept reader that any node removed ends its subscriptions here. */
@Component
class RemovedReaders implements ChangeListener {

	private final DatabaseInbox inbox;

	RemovedReaders(DatabaseInbox inbox) {
		this.inbox = inbox;
	}

	@Override
	public Change.Kind kind() {
		return Change.Kind.READER;
	}

	@Override
	public void onChanged(List<String> targets) {
		this.inbox.readersRemoved(targets.stream().map(Long::valueOf).toList());
	}

}
