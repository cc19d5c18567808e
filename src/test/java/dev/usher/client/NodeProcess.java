package dev.usher.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** The machine's Node, version 20 or newer, running a script. */
final class NodeProcess implements AutoCloseable {

	private static final int MAJOR = major();

	private final Process process;

	private final BufferedReader output;

	private final Writer input;

	private final List<String> lines = new ArrayList<>();

	NodeProcess(Path folder, String... arguments) {
		Assumptions.assumeTrue(MAJOR >= 20 || "required".equals(System.getProperty("usher.node")), "needs Node 20");
		List<String> command = new ArrayList<>(List.of("node"));
		if (MAJOR < 22) {
			command.add("--experimental-websocket");
		}
		command.addAll(Arrays.asList(arguments));
		this.process = start(folder, command);
		this.output = this.process.inputReader(StandardCharsets.UTF_8);
		this.input = this.process.outputWriter(StandardCharsets.UTF_8);
	}

	private static Process start(Path folder, List<String> command) {
		try {
			return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int major() {
		try {
			Process node = new ProcessBuilder("node", "--version").start();
			String version = node.inputReader().readLine();
			return Integer.parseInt(version.substring(1, version.indexOf('.')));
		}
		catch (IOException ex) {
			return 0;
		}
	}

	/** Reads the next line, or null at the end. */
	@Nullable String read() {
		try {
			String line = this.output.readLine();
			if (line != null) {
				this.lines.add(line);
			}
			return line;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Reads until a line with this text comes. */
	void await(String text) {
		String line = read();
		while (line != null && !line.contains(text)) {
			line = read();
		}
		if (line == null) {
			throw new AssertionError(text + " is missing: " + this.lines);
		}
	}

	/** Reads to the end; the last line is the result. */
	String result(Consumer<String> onLine) {
		String last = "";
		for (String line = read(); line != null; line = read()) {
			onLine.accept(line);
			last = line;
		}
		if (!last.startsWith("{")) {
			throw new AssertionError(String.join("\n", this.lines));
		}
		return last;
	}

	void type(String line) {
		try {
			this.input.write(line + "\n");
			this.input.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
