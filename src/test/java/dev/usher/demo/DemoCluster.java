package dev.usher.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.FreePort;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.RedisServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL, a Redis and nodes of the packaged gateway, on loopback and in a folder of
 * their own. Closing ends and removes whatever was started until then; it may come from
 * another thread at any moment, and nothing starts after it.
 */
final class DemoCluster implements AutoCloseable {

	/** After which a killed node loses what it had taken; 15 s by default. */
	static final int LEASE_SECONDS = 3;

	/** What is shown of a node that does not start. */
	private static final int LAST_LINES = 20;

	private final SecureRandom random = new SecureRandom();

	private final Map<String, String> secrets = Map.of("USHER_TOKEN_KEY",
			Base64.getEncoder().encodeToString(randomBytes()), "USHER_ADMIN_PASSWORD",
			Base64.getUrlEncoder().encodeToString(randomBytes()));

	private final List<String> more;

	private final Path folder;

	private final Deque<Runnable> ends = new ArrayDeque<>();

	private volatile boolean closed;

	private String database = "";

	private int redis;

	/**
	 * Nothing is started yet.
	 * @param more arguments for each node
	 */
	DemoCluster(List<String> more) {
		this.more = more;
		try {
			this.folder = Files.createTempDirectory("usher-cluster-demo");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private byte[] randomBytes() {
		byte[] bytes = new byte[32];
		this.random.nextBytes(bytes);
		return bytes;
	}

	String adminPassword() {
		return this.secrets.getOrDefault("USHER_ADMIN_PASSWORD", "");
	}

	/** Starts the database; answers its port. */
	synchronized int startPostgres() {
		requireOpen();
		Path data = this.folder.resolve("postgresql");
		this.ends.push(() -> endPostmaster(data));
		try {
			EmbeddedPostgres started = EmbeddedPostgres.builder()
				.setDataDirectory(data)
				.setPort(FreePort.next())
				.setPGStartupWait(Duration.ofMinutes(1))
				.start();
			this.ends.push(() -> close(started));
			this.database = started.getJdbcUrl("postgres", "postgres");
			return started.getPort();
		}
		catch (IOException | RuntimeException ex) {
			throw new DemoException("PostgreSQL did not start: " + ex);
		}
	}

	private static void close(EmbeddedPostgres postgres) {
		try {
			postgres.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** One that was started while the process was about to end is in no other hands. */
	private static void endPostmaster(Path data) {
		try {
			String pid = Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.UTF_8).get(0);
			ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent((server) -> {
				server.destroy();
				server.onExit().join();
			});
		}
		catch (IOException | RuntimeException ex) {
			// It has ended, and taken the file with it.
		}
	}

	/** Starts Redis; answers its port. */
	synchronized int startRedis() {
		requireOpen();
		RedisServer started = RedisServer.start();
		this.ends.push(started::close);
		this.redis = started.port();
		return this.redis;
	}

	/** Begins to start a node. */
	synchronized JavaProcess launch(String name) {
		requireOpen();
		List<String> arguments = new ArrayList<>(
				List.of("--server.address=127.0.0.1", "--server.port=" + FreePort.next(), "--management.server.port=-1",
						"--usher.cluster.node=" + name, "--usher.cluster.bus=redis",
						"--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + this.redis,
						"--spring.datasource.url=" + this.database, "--usher.inbox.lease=" + LEASE_SECONDS + "s",
						"--usher.access[0].destination=/user/*/topic/**", "--usher.access[0].publish=user",
						"--usher.access[1].destination=/user/*/queue/**", "--usher.access[1].publish=user"));
		arguments.addAll(this.more);
		JavaProcess started = JavaProcess.gatewayIn(this.secrets, this.folder.resolve(name),
				arguments.toArray(String[]::new));
		this.ends.push(started::kill);
		return started;
	}

	/** Waits until a node is up; answers where. */
	URI await(JavaProcess node, String name) {
		try {
			return URI.create("http://localhost:" + node.awaitPort());
		}
		catch (AssertionError ex) {
			List<String> lines = node.output().lines().toList();
			throw new DemoException(name + " did not start. The last it said:\n\n"
					+ String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
		}
	}

	private void requireOpen() {
		if (this.closed) {
			throw new DemoException("The demo was stopped.");
		}
	}

	boolean isClosed() {
		return this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
		endAll();
	}

	/** Waits for what is just being started. */
	private synchronized void endAll() {
		while (!this.ends.isEmpty()) {
			try {
				this.ends.pop().run();
			}
			catch (RuntimeException ex) {
				System.err.println("Could not end something that was started: " + ex);
			}
		}
		remove();
	}

	/**
	 * PostgreSQL's library removes its own part when the process ends, at the same time.
	 */
	private void remove() {
		for (int tries = 0; tries < 50 && Files.exists(this.folder); tries++) {
			if (!FileSystemUtils.deleteRecursively(this.folder.toFile())) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
			}
		}
	}

}
