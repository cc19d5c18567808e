package dev.usher.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.NestedExceptionUtils;

/**
 * Brings the schema up to date at the start, or says in a sentence why it cannot. Knocks
 * at the database before the pool does: the pool would log a stack trace first.
 */
class Migration implements FlywayMigrationStrategy {

	private static final Logger logger = LoggerFactory.getLogger(Migration.class);

	/** H2's error code for a file another process holds. */
	private static final int H2_IN_USE = 90020;

	private static final int CONNECT_SECONDS = 10;

	/** Where no earlier release may use a schema. */
	private static final int NOBODY = 0;

	private static final int OLDEST_POSTGRES = 13;

	static final String POSTGRESQL = "jdbc:postgresql:";

	private final JdbcConnectionDetails details;

	Migration(JdbcConnectionDetails details) {
		this.details = details;
	}

	/**
	 * Where the migrations of a database are. PostgreSQL, which several nodes can share,
	 * has some of its own. Flyway's own way to tell databases apart would open the pool.
	 */
	static String[] locations(String url) {
		String all = "classpath:db/migration";
		return url.startsWith(POSTGRESQL) ? new String[] { all, "classpath:db/postgresql" } : new String[] { all };
	}

	@Override
	public void migrate(Flyway flyway) {
		try (Connection connection = connect()) {
			refuseNewerSchema(flyway, connection);
			flyway.migrate();
			renewConnections(flyway.getConfiguration().getDataSource());
		}
		catch (SQLException ex) {
			throw refusal(ex);
		}
		catch (FlywayException ex) {
			throw new StorageException("The database schema cannot be brought up to date: " + ex.getMessage(),
					"Restore the database from a backup, or start the version of Usher that last used it.");
		}
	}

	/** Those that migrated are told to wait for ever, see {@link PostgresPatience}. */
	private void renewConnections(DataSource database) throws SQLException {
		if (this.details.getJdbcUrl().startsWith(POSTGRESQL) && database.isWrapperFor(HikariDataSource.class)) {
			database.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
		}
	}

	private Connection connect() {
		Properties properties = new Properties();
		put(properties, "user", this.details.getUsername());
		put(properties, "password", this.details.getPassword());
		if (this.details.getJdbcUrl().startsWith(POSTGRESQL)) {
			put(properties, "loginTimeout", String.valueOf(CONNECT_SECONDS));
		}
		try {
			Connection connection = DriverManager.getConnection(this.details.getJdbcUrl(), properties);
			refuseOldServer(connection.getMetaData());
			return connection;
		}
		catch (SQLException ex) {
			throw refusal(ex);
		}
	}

	private StorageException refusal(SQLException ex) {
		if (this.details instanceof EmbeddedDatabase embedded) {
			if (ex.getErrorCode() == H2_IN_USE) {
				return new StorageException("Another process uses the data folder " + embedded.folder() + ".",
						"Stop the other Usher, or give this one a folder of its own with usher.data.");
			}
			if (NestedExceptionUtils.getMostSpecificCause(ex) instanceof IOException disk) {
				return new StorageException(
						"The database in the data folder " + embedded.folder() + " cannot be read or written: "
								+ firstLine(disk.getMessage()) + ".",
						"Make room on that disk, see that it is not mounted read-only, "
								+ "or name another folder in usher.data.");
			}
			return new StorageException(
					"The database in the data folder " + embedded.folder() + " cannot be opened: "
							+ firstLine(ex.getMessage()),
					"Restore the folder from a backup, or name another in usher.data.");
		}
		return new StorageException(
				"The database of spring.datasource.url cannot be reached: " + firstLine(ex.getMessage()),
				"Check that it runs, and check spring.datasource.url, spring.datasource.username "
						+ "and spring.datasource.password.");
	}

	/** Older ones do not tell the numbers of transactions, which nodes read by. */
	static void refuseOldServer(DatabaseMetaData server) throws SQLException {
		if ("PostgreSQL".equals(server.getDatabaseProductName())
				&& server.getDatabaseMajorVersion() < OLDEST_POSTGRES) {
			throw new StorageException("The database of spring.datasource.url is PostgreSQL "
					+ server.getDatabaseProductVersion() + ", which is too old.",
					"Use PostgreSQL " + OLDEST_POSTGRES + " or newer.");
		}
	}

	/**
	 * Flyway passes over migrations it does not know. A schema of a newer release is fit
	 * for this one if its row says so, which lets releases run beside each other while
	 * they are exchanged.
	 */
	private static void refuseNewerSchema(Flyway flyway, Connection connection) throws SQLException {
		MigrationVersion newest = null;
		MigrationVersion known = null;
		for (MigrationInfo migration : flyway.info().all()) {
			if (migration.getState().name().startsWith("FUTURE")) {
				newest = migration.getVersion();
			}
			else {
				known = migration.getVersion();
			}
		}
		if (newest == null) {
			return;
		}
		int lowest = lowestVersion(connection);
		if (known == null || lowest == NOBODY || !known.isAtLeast(String.valueOf(lowest))) {
			throw new StorageException(
					"The database was last used by a newer Usher: its schema has version " + newest
							+ ((lowest == NOBODY) ? ", which this version does not know."
									: ", and Usher must know version " + lowest + " of it to run beside that one; "
											+ "this Usher knows " + known + "."),
					"Start that version or a newer one, or restore the backup made before the upgrade.");
		}
		logger.info("The schema has version {}, of a newer release that this one may run beside", newest);
	}

	/** Which version a release must know for this schema. */
	private static int lowestVersion(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT lowest_version FROM schema_release")) {
			return (row.next()) ? row.getInt(1) : NOBODY;
		}
	}

	private static void put(Properties properties, String name, @Nullable String value) {
		if (value != null) {
			properties.put(name, value);
		}
	}

	private static String firstLine(@Nullable String text) {
		return (text != null) ? text.lines().findFirst().orElse("") : "no reason was given";
	}

}
