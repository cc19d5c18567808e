package dev.usher.inbox.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.cluster.Change;
import dev.usher.cluster.ChangeListener;

import org.springframework.stereotype.Component;

/** A log that any node removed ends its readers here. */
@Component
class RemovedLogs implements ChangeListener {

	private final DatabaseInbox inbox;

	RemovedLogs(DatabaseInbox inbox) {
		this.inbox = inbox;
	}

	@Override
	public Change.Kind kind() {
		return Change.Kind.LOG;
	}

	@Override
	public void onChanged(List<String> targets) {
		Map<String, Long> removed = new HashMap<>();
		for (String target : targets) {
			int blank = target.indexOf(' ');
			removed.merge(target.substring(blank + 1), Long.valueOf(target.substring(0, blank)), Math::max);
		}
		this.inbox.logsRemoved(removed);
	}

}
