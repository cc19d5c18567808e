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

	@Override
	public void apply(List<Change> rows) {
		this.listeners.forEach((listener) -> {
			List<String> targets = rows.stream()
				.filter((change) -> change.kind() == listener.kind())
				.map(Change::target)
				.toList();
			if (!targets.isEmpty()) {
				listener.onChanged(targets);
			}
		});
	}

}
