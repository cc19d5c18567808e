package dev.usher.cluster;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The rows of {@link Changes}, for those who listen. */
@Component
class ChangeTable implements PolledTable<Change> {

	private final ObjectProvider<ChangeListener> listeners;

	ChangeTable(ObjectProvider<ChangeListener> listeners) {
		this.listeners = listeners;
	}

	@Override
	public String name() {
		return "changes";
	}

	@Override
	public String columns() {
		return "kind, target";
	}

	@Override
	public @Nullable Change read(ResultSet row) throws SQLException {
		String kind = row.getString("kind");
		for (Change.Kind known : Change.Kind.values()) {
			if (known.name().equals(kind)) {
				return new Change(known, row.getString("target"));
			}
		}
		return null;
	}

	/** A listener that fails keeps no other from hearing; all hear it again then. */
	@Override
	public void apply(List<Change> rows) {
		RuntimeException failure = null;
		for (ChangeListener listener : this.listeners) {
			try {
				tell(listener, rows);
			}
			catch (RuntimeException ex) {
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private static void tell(ChangeListener listener, List<Change> rows) {
		List<String> targets = rows.stream()
			.filter((change) -> change.kind() == listener.kind())
			.map(Change::target)
			.toList();
		if (!targets.isEmpty()) {
			listener.onChanged(targets);
		}
	}

}
