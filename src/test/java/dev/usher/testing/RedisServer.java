package dev.usher.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.springframework.util.FileSystemUtils;

/**
 * The machine's {@code redis-server} in a process and a folder of its own, on a free port
 * of loopback. It keeps its port when it is stopped and started again.
 */
public final class RedisServer implements AutoCloseable {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

	private final Path folder;

	private final int port;

	private Process process;

	private RedisServer(String... options) {
		try {
			this.folder = Files.createTempDirectory("usher-redis");
			this.port = FreePort.next();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = launch(options);
	}

	/**
	 * Starts one and waits until it answers.
	 * @param options such as {@code --maxclients 10}, a word each
	 */
	public static RedisServer start(String... options) {
		return new RedisServer(options);
	}

	private Process launch(String... options) {
		List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(this.port), "--bind",
				"127.0.0.1", "--save", "", "--appendonly", "no", "--dir", this.folder.toString()));
		command.addAll(Arrays.asList(options));
		try {
			Process started = new ProcessBuilder(command).redirectOutput(this.folder.resolve("redis.log").toFile())
				.redirectErrorStream(true)
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
			awaitAnswer(started);
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitAnswer(Process started) {
		long deadline = System.nanoTime() + PATIENCE;
		while (true) {
			try {
				command("PING");
				return;
			}
			catch (UncheckedIOException ex) {
				if (!started.isAlive() || System.nanoTime() > deadline) {
					throw new AssertionError("redis-server did not start", ex);
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
		}
	}

	public int port() {
		return this.port;
	}

	/** Its process, for whoever counts what it costs. */
	public ProcessHandle process() {
		return this.process.toHandle();
	}

	/** The properties of a node that uses it, and more. */
	public String[] properties(String... more) {
		return properties(this.port, more);
	}

	/** The same through a proxy. */
	public static String[] properties(int port, String... more) {
		List<String> all = new ArrayList<>(List.of("usher.cluster.bus=redis", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + port));
		all.addAll(Arrays.asList(more));
		return all.toArray(String[]::new);
	}

	/** Ends it at once; its clients see a closed connection. */
	public void stop() {
		try {
			this.process.destroyForcibly().waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Starts it again, empty.
	 * @param options in the place of those it had
	 */
	public void restart(String... options) {
		stop();
		this.process = launch(options);
	}

	/**
	 * Runs one command on a connection of its own.
	 * @return the reply as a text, an error with its minus
	 */
	public String command(String... words) {
		return command(
				Arrays.stream(words).map((word) -> word.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new));
	}

	/** The same with words of bytes. */
	public String command(byte[]... words) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(30_000);
			ByteArrayOutputStream request = new ByteArrayOutputStream();
			request.writeBytes(ascii("*" + words.length + "\r\n"));
			for (byte[] word : words) {
				request.writeBytes(ascii("$" + word.length + "\r\n"));
				request.writeBytes(word);
				request.writeBytes(ascii("\r\n"));
			}
			socket.getOutputStream().write(request.toByteArray());
			return reply(new BufferedInputStream(socket.getInputStream()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static String reply(InputStream in) throws IOException {
		String line = line(in);
		switch (line.charAt(0)) {
			case '$' -> {
				int length = Integer.parseInt(line.substring(1));
				String text = (length < 0) ? "" : new String(in.readNBytes(length), StandardCharsets.UTF_8);
				if (length >= 0) {
					line(in);
				}
				return text;
			}
			case '*' -> {
				StringBuilder all = new StringBuilder();
				for (int i = Integer.parseInt(line.substring(1)); i > 0; i--) {
					all.append(reply(in)).append('\n');
				}
				return all.toString();
			}
			case '-' -> {
				return line;
			}
			default -> {
				return line.substring(1);
			}
		}
	}

	private static String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0) {
				throw new IOException("the connection has ended");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	@Override
	public void close() {
		stop();
		FileSystemUtils.deleteRecursively(this.folder.toFile());
	}

}
