package dev.usher.client;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's Node, version 20 or newer, running a script. What it prints is read all
 * the time, so that it never waits for us, and we wait for it for {@link #PATIENCE} in
 * all since we last typed something.
 */
final class NodeProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	private static final int MAJOR = major();

	private final Process process;

	/** What it has printed; empty is the end. */
	private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();

	private long deadline = deadline();

	private final Writer input;

	private final List<String> lines = new ArrayList<>();

	/** Runs Node with these arguments. */
	NodeProcess(Path folder, String... arguments) {
		this(folder, node(arguments));
	}

	private NodeProcess(Path folder, List<String> command) {
		this.process = start(folder, command);
		this.input = this.process.outputWriter(StandardCharsets.UTF_8);
		Thread reader = new Thread(this::read, command.get(0) + " output");
		reader.setDaemon(true);
		reader.start();
	}

	/** Whether Node can be run, or has to be. */
	static boolean isThere() {
		return MAJOR >= 20 || isRequired();
	}

	/** Runs npm, or skips the test where there is none. */
	static NodeProcess npm(Path folder, String... arguments) {
		List<String> command = new ArrayList<>(List.of("npm"));
		command.addAll(Arrays.asList(arguments));
		Assumptions.assumeTrue(isInstalled("npm") || isRequired(), "needs npm");
		return new NodeProcess(folder, command);
	}

	private static List<String> node(String... arguments) {
		Assumptions.assumeTrue(isThere(), "needs Node 20");
		List<String> command = new ArrayList<>(List.of("node"));
		if (MAJOR < 22) {
			command.add("--experimental-websocket");
		}
		command.addAll(Arrays.asList(arguments));
		return command;
	}

	private static boolean isRequired() {
		return "required".equals(System.getProperty("test.node"));
	}

	private static Process start(Path folder, List<String> command) {
		try {
			return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long deadline() {
		return System.nanoTime() + PATIENCE.toNanos();
	}

	private static int major() {
		try {
			Process node = new ProcessBuilder("node", "--version").start();
			if (!node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				node.destroyForcibly();
				return 0;
			}
			String version = node.inputReader().readLine();
			return Integer.parseInt(version.substring(1, version.indexOf('.')));
		}
		catch (IOException ex) {
			return 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return 0;
		}
	}

	private static boolean isInstalled(String program) {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((folder) -> new File(folder, program).canExecute());
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				this.output.add(Optional.of(line));
			}
		}
		catch (IOException ex) {
			this.output.add(Optional.of(ex.toString()));
		}
		finally {
			this.output.add(Optional.empty());
		}
	}

	/** The next line, or null at the end. */
	private @Nullable String next() {
		try {
			Optional<String> line = this.output.poll(this.deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			if (line == null) {
				close();
				throw new AssertionError("did not end within " + PATIENCE + ": " + String.join("\n", this.lines));
			}
			line.ifPresent(this.lines::add);
			return line.orElse(null);
		}
		catch (InterruptedException ex) {
			close();
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted: " + String.join("\n", this.lines), ex);
		}
	}

	/** Reads one line. */
	String line() {
		String line = next();
		if (line == null) {
			throw new AssertionError("has ended: " + String.join("\n", this.lines));
		}
		return line;
	}

	/** Reads until a line with this text comes. */
	void await(String text) {
		String line = next();
		while (line != null && !line.contains(text)) {
			line = next();
		}
		if (line == null) {
			throw new AssertionError(text + " is missing: " + this.lines);
		}
	}

	/** Reads to the end, and answers all lines. */
	String all() {
		while (next() != null) {
			// They are kept.
		}
		return String.join("\n", this.lines);
	}

	/** Reads to the end; the last line is the result. */
	String result(Consumer<String> onLine) {
		String last = "";
		for (String line = next(); line != null; line = next()) {
			onLine.accept(line);
			last = line;
		}
		if (!last.startsWith("{")) {
			throw new AssertionError(String.join("\n", this.lines));
		}
		return last;
	}

	void type(String line) {
		this.deadline = deadline();
		try {
			this.input.write(line + "\n");
			this.input.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
