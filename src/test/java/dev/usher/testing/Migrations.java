package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/** Where the migrations of a database are, and what they make of the embedded one. */
public final class Migrations {

	private static final String FILE = "usher.mv.db";

	private Migrations() {
	}

	/** The locations for the database of a JDBC URL. */
	public static String[] of(String url) {
		String all = "classpath:db/migration";
		return url.startsWith("jdbc:postgresql:") ? new String[] { all, "classpath:db/postgresql" }
				: new String[] { all };
	}

	/**
	 * Makes a data folder whose database has all tables and nothing in them: a copy,
	 * which takes a fraction of what the migrations take.
	 */
	static Path newDataFolder(String prefix) {
		try {
			Path folder = Files.createTempDirectory(prefix);
			Files.write(folder.resolve(FILE), Embedded.DATABASE);
			return folder;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Makes a database in memory that has all tables; answers its URL. */
	public static String newMemoryDatabase() {
		String url = memoryUrl();
		new JdbcTemplate(new DriverManagerDataSource(url)).execute(InMemory.SCRIPT);
		return url;
	}

	private static String memoryUrl() {
		return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
	}

	private static final class InMemory {

		private static final String SCRIPT = make();

		private static String make() {
			DataSource database = new DriverManagerDataSource(memoryUrl());
			Flyway.configure().locations(of("jdbc:h2:")).dataSource(database).load().migrate();
			return String.join("\n", new JdbcTemplate(database).queryForList("SCRIPT NOSETTINGS", String.class));
		}

	}

	private static final class Embedded {

		private static final byte[] DATABASE = make();

		private static byte[] make() {
			try {
				Path folder = Files.createTempDirectory("usher-migrated");
				String url = "jdbc:h2:file:" + folder.resolve("usher");
				Flyway.configure().locations(of(url)).dataSource(url, "usher", "").load().migrate();
				byte[] database = Files.readAllBytes(folder.resolve(FILE));
				FileSystemUtils.deleteRecursively(folder);
				return database;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
