package dev.usher.storage;

import dev.usher.testing.Postgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * A release on a schema of a newer one: admitted where the schema's row says so. The
 * newer one is played by rows as its migrations would leave them.
 */
class NewerSchemaTests {

	private final String url = Postgres.newDatabase();

	private final JdbcTemplate template = new JdbcTemplate(new DriverManagerDataSource(this.url));

	private final Flyway flyway = Flyway.configure().dataSource(this.url, null, null).load();

	private final Migration migration = new Migration(new JdbcConnectionDetails() {

		@Override
		public String getUsername() {
			return "postgres";
		}

		@Override
		public String getPassword() {
			return "";
		}

		@Override
		public String getJdbcUrl() {
			return NewerSchemaTests.this.url;
		}

	});

	@BeforeEach
	void migrateByTheNewerRelease() {
		this.migration.migrate(this.flyway);
		this.template.update("INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, "
				+ "checksum, installed_by, execution_time, success) VALUES (999, '998', 'later', 'SQL', "
				+ "'V998__later.sql', 1, 'postgres', 1, TRUE)");
	}

	@Test
	void schemaWhenItsRowAdmitsThisReleaseThenItStarts() {
		assertThatNoException().isThrownBy(() -> this.migration.migrate(this.flyway));
	}

	@Test
	void schemaWhenItsRowAdmitsOnlyNewerReleasesThenTheStartIsRefusedInASentence() {
		this.template.update("UPDATE schema_release SET lowest_version = 998");
		assertThatExceptionOfType(StorageException.class).isThrownBy(() -> this.migration.migrate(this.flyway))
			.withMessageContaining("its schema has version 998")
			.withMessageContaining("must know version 998");
	}

	@Test
	void schemaWhenItHasNoRowThenTheStartIsRefused() {
		this.template.update("DELETE FROM schema_release");
		assertThatExceptionOfType(StorageException.class).isThrownBy(() -> this.migration.migrate(this.flyway))
			.withMessageContaining("which this version does not know");
	}

}
