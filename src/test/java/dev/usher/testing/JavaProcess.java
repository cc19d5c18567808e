package dev.usher.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A Java process and what it prints. Waits are long, because a machine may be busy, and
 * end as soon as there is what they wait for; whoever started it closes it.
 */
public final class JavaProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final @Nullable String EARLIER = System.getProperty("usher.jar");

	private static final String JAR = (EARLIER != null) ? EARLIER : "target/usher.jar";

	/**
	 * An option for a process that a test starts for a few calls: of the time until it is
	 * up the optimizing compiler takes half. Those that are put under load go without.
	 */
	public static final String QUICK = "-XX:TieredStopAtLevel=1";

	private final Process process;

	private final Writer input;

	private final StringBuilder output = new StringBuilder();

	private final Thread reader = new Thread(this::read, "output");

	private boolean ended;

	private boolean deaf;

	private JavaProcess(String javaHome, List<String> arguments) {
		this(javaHome, "java", Map.of(), arguments);
	}

	private JavaProcess(String javaHome, String tool, Map<String, String> environment, List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(javaHome, "bin", tool).toString());
		command.addAll((EARLIER != null) ? EarlierJar.of(EARLIER).knownOf(arguments) : arguments);
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
			builder.environment().putAll(environment);
			this.process = builder.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.input = this.process.outputWriter(StandardCharsets.UTF_8);
		this.reader.setDaemon(true);
		this.reader.start();
	}

	/**
	 * The packaged gateway: the one that was just built, or what the property
	 * {@code usher.jar} names, such as one of an earlier version, to see that a test is
	 * red there.
	 */
	public static String jar() {
		return JAR;
	}

	/** Starts Java with any arguments, on the JDK of this test. */
	public static JavaProcess start(String... arguments) {
		return new JavaProcess(System.getProperty("java.home"), List.of(arguments));
	}

	/** The same with variables of the environment. */
	public static JavaProcess startIn(Map<String, String> environment, String... arguments) {
		return new JavaProcess(System.getProperty("java.home"), "java", environment, List.of(arguments));
	}

	/** Starts another tool of the JDK of this test, such as {@code jcmd}. */
	public static JavaProcess tool(String name, String... arguments) {
		List<String> all = new ArrayList<>(List.of("-J" + QUICK));
		all.addAll(List.of(arguments));
		return new JavaProcess(System.getProperty("java.home"), name, Map.of(), all);
	}

	/**
	 * Starts the packaged gateway on the JDK of this test, on a port of its own choice
	 * unless it is given one. It runs unpacked, which is quicker.
	 * @param data its data folder
	 * @param arguments such as {@code --usher.demo.then=exit}
	 */
	public static JavaProcess gateway(Path data, String... arguments) {
		return gateway(quickJar(), data, arguments);
	}

	/** The same by {@code java -jar usher.jar}, as most operators start it. */
	public static JavaProcess packed(Path data, String... arguments) {
		return gatewayOn(System.getProperty("java.home"), data, arguments);
	}

	/**
	 * What starts the packaged gateway unpacked and quickly, to put behind the options of
	 * a command. The one of an earlier version is started as it is.
	 */
	public static List<String> quickJar() {
		return (EARLIER != null) ? List.of("-jar", EARLIER) : UnpackedJar.of(JAR).command();
	}

	/** The packed one with the extensions of a folder. */
	public static JavaProcess gatewayWith(Path extensions, Path data, String... arguments) {
		return gateway(List.of("-Dloader.path=" + extensions, "-jar", JAR), data, arguments);
	}

	/** The packed one on another JDK. */
	public static JavaProcess gatewayOn(String javaHome, Path data, String... arguments) {
		return new JavaProcess(javaHome, gatewayArguments(List.of("-jar", JAR), data, arguments));
	}

	/**
	 * One with variables of the environment: packed, unless the tests have unpacked it
	 * before.
	 */
	public static JavaProcess gatewayIn(Map<String, String> environment, Path data, String... arguments) {
		List<String> jar = (EARLIER == null && UnpackedJar.of(JAR).isMade()) ? quickJar() : List.of("-jar", JAR);
		return new JavaProcess(System.getProperty("java.home"), "java", environment,
				gatewayArguments(jar, data, arguments));
	}

	/** The same in another way, such as a class path and a main class. */
	public static JavaProcess gateway(List<String> command, Path data, String... arguments) {
		return new JavaProcess(System.getProperty("java.home"), gatewayArguments(command, data, arguments));
	}

	private static List<String> gatewayArguments(List<String> command, Path data, String... arguments) {
		List<String> all = new ArrayList<>(List.of(QUICK));
		all.addAll(command);
		all.add("--usher.data=" + data);
		List<String> given = List.of(arguments);
		if (given.stream().noneMatch((argument) -> argument.startsWith("--server.port="))) {
			all.add("--server.port=0");
		}
		if (given.stream().noneMatch((argument) -> argument.startsWith("--management.server.port="))) {
			all.add("--management.server.port=0");
		}
		all.addAll(given);
		return all;
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				append(line);
				awaitEars();
			}
		}
		catch (IOException ex) {
			append("(its output cannot be read: " + ex + ")");
		}
		synchronized (this) {
			this.ended = true;
			notifyAll();
		}
	}

	private synchronized void append(String line) {
		this.output.append(line).append('\n');
		notifyAll();
	}

	/** Stops reading what it prints, so that its pipe fills up. */
	public synchronized void stopReading() {
		this.deaf = true;
	}

	/** Reads what it prints again. */
	public synchronized void readOn() {
		this.deaf = false;
		notifyAll();
	}

	private synchronized void awaitEars() {
		while (this.deaf) {
			waitFor(PATIENCE.toMillis());
		}
	}

	/** Everything it has printed up to now. */
	public synchronized String output() {
		return this.output.toString();
	}

	/** Waits until it has printed something; returns all it has printed by then. */
	public synchronized String awaitOutput(String text) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (this.output.indexOf(text) < 0) {
			long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
			if (this.ended || left <= 0) {
				throw new AssertionError("Never printed \"" + text + "\", but:\n" + this.output);
			}
			waitFor(left);
		}
		return output();
	}

	private void waitFor(long millis) {
		try {
			wait(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted", ex);
		}
	}

	/** Waits until the gateway is up; returns its port. */
	public int awaitPort() {
		String[] after = awaitOutput("Usher is up on ").split("Usher is up on https?://localhost:", 2);
		return Integer.parseInt(after[1].split("\\D", 2)[0]);
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** Writes a line to the standard input of the process. */
	public void type(String line) {
		try {
			this.input.write(line + "\n");
			this.input.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Waits for its end; returns the exit code. */
	public int awaitExit() {
		return awaitExit(PATIENCE);
	}

	int awaitExit(Duration patience) {
		try {
			boolean over = this.process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
			readOn();
			if (!over) {
				throw new AssertionError("Did not end, but printed:\n" + output());
			}
			this.reader.join(PATIENCE.toMillis());
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("interrupted", ex);
		}
	}

	/** What it has started and what that has started, as far as it lives. */
	public List<ProcessHandle> descendants() {
		return this.process.descendants().toList();
	}

	/** The number the system knows it by. */
	public long pid() {
		return this.process.pid();
	}

	/** Ends it at once, as a loss of power would: nothing of it runs any more. */
	public void kill() {
		try {
			this.process.destroyForcibly().waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Asks it to end. */
	public void end() {
		this.process.destroy();
	}

	/** Asks it to end, and makes it end. */
	@Override
	public void close() {
		end();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
