package dev.usher.inbox.store;

import java.io.IOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log says of a failed database, and what it keeps to itself. */
class FailureDescriptionTests {

	@Test
	void batchWhenItFailsThenNothingOfItsValuesIsSaid() {
		BatchUpdateException batch = new BatchUpdateException("INSERT ... VALUES ('a private message')", "22001", 0,
				new int[0]);
		batch.setNextException(new SQLException("value 'a private message' is too long", "22001"));
		assertThat(InboxDatabase.describe(new DataIntegrityViolationException("a private message", batch)))
			.isEqualTo("SQLException, SQLState 22001");
	}

	@Test
	void batchWhenTheDatabaseIsAwayThenItsOwnTextIsNotSaidEither() {
		BatchUpdateException batch = new BatchUpdateException("INSERT ... VALUES ('a private message')", "08006", 0,
				new int[0]);
		assertThat(InboxDatabase.describe(new DataAccessResourceFailureException("x", batch)))
			.isEqualTo("BatchUpdateException, SQLState 08006");
	}

	@Test
	void connectionWhenItIsRefusedThenTheLogSaysSo() {
		SQLException refused = new SQLException("Connection to db.example.org:5432 refused.", "08001");
		assertThat(InboxDatabase.describe(new DataAccessResourceFailureException("x", refused)))
			.isEqualTo("SQLException, SQLState 08001: Connection to db.example.org:5432 refused.");
	}

	@Test
	void diskWhenItIsFullThenTheLogSaysSo() {
		assertThat(
				InboxDatabase.describe(new DataAccessResourceFailureException("x", new IOException("File too large"))))
			.isEqualTo("File too large");
	}

}
