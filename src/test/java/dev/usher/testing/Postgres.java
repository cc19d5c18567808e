package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The one PostgreSQL of a test run, started when it is first asked for.
 */
public final class Postgres {

	private static final AtomicInteger databases = new AtomicInteger();

	private Postgres() {
	}

	/** Makes an empty database; answers its JDBC URL, user and password included. */
	public static String newDatabase() {
		return newDatabase("");
	}

	/**
	 * Makes a database that has all tables and nothing in them: a copy, which takes a
	 * fraction of what the migrations take.
	 */
	public static String newMigratedDatabase() {
		return newDatabase(" TEMPLATE " + Template.NAME);
	}

	private static String newDatabase(String options) {
		String name = "test" + databases.incrementAndGet();
		new JdbcTemplate(Holder.SERVER.getPostgresDatabase()).execute("CREATE DATABASE " + name + options);
		return Holder.SERVER.getJdbcUrl("postgres", name);
	}

	/** Runs a statement as the administrator of the server. */
	public static void admin(String sql) {
		new JdbcTemplate(Holder.SERVER.getPostgresDatabase()).execute(sql);
	}

	/** Has a database answer nobody until it is let back. */
	public static void sendAway(String database) {
		admin("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
		disconnectAll(database);
	}

	public static void letBack(String database) {
		admin("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
	}

	/**
	 * Ends the connections to a database, those too that are only just being made: such a
	 * one holds a lock on the database until it is listed.
	 */
	public static void disconnectAll(String database) {
		JdbcTemplate admin = new JdbcTemplate(Holder.SERVER.getPostgresDatabase());
		OffsetDateTime now = admin.queryForObject("SELECT clock_timestamp()", OffsetDateTime.class);
		Await.within(60, () -> none(admin, """
				SELECT count(*) FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass
				AND objid = (SELECT oid FROM pg_database WHERE datname = ?)
				""", database) && none(admin, """
				SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = ? AND backend_start < ?
				""", database, now));
	}

	private static boolean none(JdbcTemplate admin, String count, Object... parameters) {
		return Long.valueOf(0).equals(admin.queryForObject(count, Long.class, parameters));
	}

	/**
	 * Its process, whose children serve connections; for whoever counts what it costs.
	 */
	public static ProcessHandle process() {
		String folder = new JdbcTemplate(Holder.SERVER.getPostgresDatabase()).queryForObject("SHOW data_directory",
				String.class);
		try {
			long pid = Long.parseLong(Files.readAllLines(Path.of(folder, "postmaster.pid")).get(0).trim());
			return ProcessHandle.of(pid).orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class Template {

		private static final String NAME = make();

		private static String make() {
			String url = newDatabase();
			Flyway.configure().locations(Migrations.of(url)).dataSource(url, null, null).load().migrate();
			return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
		}

	}

	private static final class Holder {

		private static final EmbeddedPostgres SERVER = start();

		private static EmbeddedPostgres start() {
			try {
				// As a real one is set up: the library would turn the flush to disk off.
				return EmbeddedPostgres.builder()
					.setPort(FreePort.next())
					.setPGStartupWait(Duration.ofMinutes(1))
					.setServerConfig("fsync", "on")
					.setServerConfig("full_page_writes", "on")
					.setServerConfig("synchronous_commit", "on")
					.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
