package dev.usher.token;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

import dev.usher.cluster.PolledTable;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** What other nodes have revoked takes force here. */
@Component
class RevocationTable implements PolledTable<Revocation> {

	private final Revocations revocations;

	RevocationTable(Revocations revocations) {
		this.revocations = revocations;
	}

	@Override
	public String name() {
		return "revocations";
	}

	@Override
	public String columns() {
		return Revocations.COLUMNS;
	}

	@Override
	public @Nullable Revocation read(ResultSet row) throws SQLException {
		String kind = row.getString("kind");
		boolean known = Arrays.stream(Revocation.Kind.values()).anyMatch((each) -> each.name().equals(kind));
		return (known) ? Revocations.read(row, 0) : null;
	}

	@Override
	public void apply(List<Revocation> rows) {
		rows.forEach(this.revocations::take);
	}

}
