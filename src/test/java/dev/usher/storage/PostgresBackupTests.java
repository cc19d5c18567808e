package dev.usher.storage;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.usher.testing.Migrations;
import dev.usher.testing.Page;
import dev.usher.testing.Postgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page on deploying says to type for a backup of a PostgreSQL and for its
 * restore, where the machine has PostgreSQL's programs.
 */
class PostgresBackupTests {

	private static final Page PAGE = Page.of("src/docs/deploying.md");

	@TempDir
	private Path folder;

	@AfterEach
	void remove() {
		Postgres.admin("DROP DATABASE IF EXISTS usher");
		Postgres.admin("DROP ROLE IF EXISTS usher");
	}

	@Test
	void restoreWhenANewerReleaseUsedTheDatabaseThenItIsAsItWasAtTheBackup() throws Exception {
		for (String program : List.of("pg_dump", "pg_restore", "createdb", "dropdb")) {
			Assumptions.assumeTrue(isThere(program), program + " is not installed");
		}
		PAGE.block("PostgreSQL", "sql").lines().forEach(Postgres::admin);
		int port = URI.create(Postgres.newDatabase().substring("jdbc:".length())).getPort();
		String url = "jdbc:postgresql://localhost:" + port + "/usher";
		Flyway migrations = Flyway.configure().locations(Migrations.of(url)).dataSource(url, "usher", null).load();
		migrations.migrate();
		JdbcTemplate database = new JdbcTemplate(new DriverManagerDataSource(url, "usher", null));
		assumeNotOlderThan(database.queryForObject("SHOW server_version_num", Integer.class) / 10_000);
		add(database, "carol");
		type(port, "pg_dump");
		assertThat(Files.getPosixFilePermissions(this.folder.resolve("usher.dump")))
			.isEqualTo(PosixFilePermissions.fromString("rw-------"));

		add(database, "dave");
		database.execute("CREATE TABLE newer (username_key VARCHAR(64) REFERENCES accounts (username_key))");
		type(port, "pg_restore");

		assertThat(database.queryForList("SELECT username FROM accounts", String.class)).containsExactly("carol");
		assertThat(database.queryForList("SELECT tablename FROM pg_tables WHERE tablename = 'newer'")).isEmpty();
		migrations.validate();
		add(database, "dave");
	}

	private static void add(JdbcTemplate database, String name) {
		database.update("""
				INSERT INTO accounts (username_key, username, stamp, roles, disabled, created_at)
				VALUES (?, ?, 'x', 'user', FALSE, 0)
				""", name, name);
	}

	/** Types the block of the page that has a program. */
	private void type(int port, String program) throws Exception {
		List<String> blocks = PAGE.blocks("sh")
			.stream()
			.map(Page.Block::code)
			.filter((code) -> code.contains(program))
			.toList();
		assertThat(blocks).hasSize(1);
		ProcessBuilder shell = new ProcessBuilder("bash", "-euc", blocks.get(0)).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("printed").toFile());
		shell.environment().put("PGHOST", "localhost");
		shell.environment().put("PGPORT", String.valueOf(port));
		shell.environment().put("PGUSER", "postgres");
		Process process = shell.start();
		assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(process.exitValue()).as(Files.readString(this.folder.resolve("printed"))).isZero();
	}

	/** A {@code pg_dump} refuses a server that is newer than itself. */
	private static void assumeNotOlderThan(int server) throws Exception {
		Process version = new ProcessBuilder("pg_dump", "--version").start();
		String said = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		int client = Integer.parseInt(said.replaceFirst("(?s)\\D*(\\d+).*", "$1"));
		Assumptions.assumeTrue(client >= server, () -> said.strip() + " is older than the server, " + server);
	}

	private static boolean isThere(String program) {
		return Stream.of(System.getenv("PATH").split(":"))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
	}

}
