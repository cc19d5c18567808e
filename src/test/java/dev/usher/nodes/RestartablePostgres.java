package dev.usher.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.usher.testing.Await;
import dev.usher.testing.FreePort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL that is stopped at once, without a word to its clients, and started again
 * on the same port and data.
 */
final class RestartablePostgres implements AutoCloseable {

	private static final String DATABASE = "postgres";

	private final Path folder;

	private final Path pidFile;

	private final EmbeddedPostgres server;

	private final List<String> command;

	private RestartablePostgres() throws IOException {
		this.folder = Files.createTempDirectory("usher-cluster-postgres");
		Path data = this.folder.resolve("data");
		this.server = EmbeddedPostgres.builder()
			.setDataDirectory(data)
			.setPort(FreePort.next())
			.setPGStartupWait(Duration.ofMinutes(1))
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.start();
		this.pidFile = data.resolve("postmaster.pid");
		this.command = command();
	}

	static RestartablePostgres start() {
		try {
			return new RestartablePostgres();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What started it; root may not, and goes by another name as the library does. */
	private List<String> command() throws IOException {
		String line = Files.readString(Path.of("/proc", Long.toString(pid()), "cmdline"), StandardCharsets.UTF_8);
		List<String> words = new ArrayList<>();
		if (System.getProperty("user.name").equals("root")) {
			words.addAll(List.of("unshare", "-U"));
		}
		words.addAll(Arrays.asList(line.split("\0")));
		return words;
	}

	private long pid() throws IOException {
		return Long.parseLong(Files.readAllLines(this.pidFile).get(0).strip());
	}

	int port() {
		return this.server.getPort();
	}

	/** Its JDBC URL through another port. */
	String urlBy(int port) {
		return this.server.getJdbcUrl(DATABASE, DATABASE).replace(":" + port() + "/", ":" + port + "/");
	}

	/** Opens a connection for a test. */
	Connection connect() throws SQLException {
		return DriverManager.getConnection(this.server.getJdbcUrl(DATABASE, DATABASE));
	}

	/** Stops it at once, as a crash does. */
	void stop() {
		try {
			Signals.send("QUIT", pid());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Await.within(30, () -> !Files.exists(this.pidFile));
	}

	/** Starts it again and waits until it answers. */
	void startAgain() {
		try {
			new ProcessBuilder(this.command).redirectErrorStream(true)
				.redirectOutput(this.folder.resolve("postgres.log").toFile())
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Await.within(60, this::answers);
	}

	private boolean answers() {
		try (Connection connection = connect()) {
			return connection.isValid(5);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		FileSystemUtils.deleteRecursively(this.folder.toFile());
	}

}
