package dev.usher.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.FreePort;

/**
 * A server under test in a process of its own, on a loopback port that was free, its
 * output in a log file.
 */
final class ServerProcess implements AutoCloseable {

	/** Of {@code /proc/pid/task/tid/stat}, counted from the field after the name. */
	private static final int USER_TIME = 11;

	private static final double TICKS_PER_SECOND = 100;

	/** The threads of the JVM's compiler. */
	private static final List<String> COMPILER = List.of("C1 Compiler", "C2 Compiler");

	private static final Pattern HISTOGRAM_LINE = Pattern.compile("(?m)^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+)");

	/**
	 * What the collector fills the unused rest of a thread's buffer with; before JDK 19
	 * it was an array of integers, of which the gateway has hardly any.
	 */
	private static final Set<String> FILLERS = Set.of("[I", "jdk.internal.vm.FillerArray",
			"jdk.internal.vm.FillerElement[]", "jdk.internal.vm.FillerObject");

	private static final int START_SECONDS = 300;

	private static final int STOP_SECONDS = 15;

	/** The grain of how long a start takes. */
	private static final int ANSWER_MILLIS = 10;

	private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

	private static final int QUIET_MILLIS = 500;

	private static final int QUIET_TRIES = 40;

	/** Two ticks of the clock that processor time is counted in. */
	private static final double QUIET_CPU_SECONDS = 0.02;

	private final String name;

	private final Process process;

	private final int port;

	private final Path log;

	private ServerProcess(String name, Process process, int port, Path log) {
		this.name = name;
		this.process = process;
		this.port = port;
		this.log = log;
	}

	/** Starts a server and waits until it listens. */
	static ServerProcess start(Contender contender, Path folder, boolean pin) {
		Path log = folder.resolve("server.log");
		try {
			int port = FreePort.next();
			List<String> command = new ArrayList<>(pin ? Machine.onServerCore() : List.of());
			command.addAll(contender.command(port, folder));
			ServerProcess server = launch(contender.name(), command, port, log);
			server.awaitPort();
			return server;
		}
		catch (IOException ex) {
			throw new BenchmarkException("Cannot start " + contender.name() + ": " + ex.getMessage(), ex);
		}
	}

	/** Starts a server and waits for nothing. */
	static ServerProcess launch(String name, List<String> command, int port, Path log) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		return new ServerProcess(name, process, port, log);
	}

	int port() {
		return this.port;
	}

	/** What the server has printed so far. */
	String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new BenchmarkException("Cannot read " + this.log, ex);
		}
	}

	/** Processor time used since the start, in seconds; its grain is 10 ms on Linux. */
	double cpuSeconds() {
		return this.process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
	}

	/**
	 * Processor time of its threads of a name, in seconds, with the same grain; NaN where
	 * the system has no {@code /proc}.
	 * @param name the beginning of it, 15 characters at most
	 */
	double cpuSeconds(String name) {
		try (Stream<Path> threads = Files.list(Path.of("/proc/" + this.process.pid() + "/task"))) {
			return threads.map(ServerProcess::stat)
				.filter((stat) -> stat.contains("(" + name))
				.map((stat) -> stat.substring(stat.lastIndexOf(')') + 2).split(" "))
				.mapToLong((fields) -> Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]))
				.sum() / TICKS_PER_SECOND;
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

	/** A thread may end while it is looked at. */
	private static String stat(Path thread) {
		try {
			return Files.readString(thread.resolve("stat"));
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Waits until the server has nothing left to do, as to be rid of connections that
	 * have gone. One that never rests is measured as it is.
	 */
	void awaitQuiet() {
		double used = cpuSeconds();
		for (int i = 0; i < QUIET_TRIES && !hasEnded(QUIET_MILLIS); i++) {
			double now = cpuSeconds();
			if (now - used <= QUIET_CPU_SECONDS) {
				return;
			}
			used = now;
		}
	}

	/**
	 * Processor time used since the start without that of the compiler, which is busy for
	 * minutes and then rests; in seconds, NaN where the system has no {@code /proc}.
	 */
	double compiledCpuSeconds() {
		return cpuSeconds() - COMPILER.stream().mapToDouble(this::cpuSeconds).sum();
	}

	/** Resident memory in bytes, NaN where the system has no {@code /proc}. */
	double residentBytes() {
		try (Stream<String> lines = Files.lines(Path.of("/proc/" + this.process.pid() + "/status"))) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToDouble((line) -> 1024 * Double.parseDouble(line.replaceAll("[^0-9]", "")))
				.findFirst()
				.orElse(Double.NaN);
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

	/** Open files and sockets, NaN where the system has no {@code /proc}. */
	double openFiles() {
		try (Stream<Path> files = Files.list(Path.of("/proc/" + this.process.pid() + "/fd"))) {
			return files.count();
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

	/** Bytes of live objects after a full collection, NaN without a {@code jcmd}. */
	double liveHeapBytes() {
		// The histogram collects first and counts objects, so it reads the same whatever
		// the collector is.
		List<String> command = List.of(Machine.javaTool("jcmd"), Long.toString(this.process.pid()),
				"GC.class_histogram");
		try {
			Process jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
			Matcher line = HISTOGRAM_LINE.matcher(new String(jcmd.getInputStream().readAllBytes()));
			double bytes = 0;
			while (line.find()) {
				bytes += FILLERS.contains(line.group(2)) ? 0 : Double.parseDouble(line.group(1));
			}
			return (bytes > 0) ? bytes : Double.NaN;
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

	private void awaitPort() {
		await(100, (socket) -> {
		});
	}

	/** Waits until it answers a request over HTTP, whatever it says. */
	void awaitAnswer() {
		await(ANSWER_MILLIS, (socket) -> {
			socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
			if (socket.getInputStream().read() < 0) {
				throw new EOFException();
			}
		});
	}

	private void await(int everyMillis, Sign sign) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
		while (System.nanoTime() - deadline < 0) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				sign.awaitOn(socket);
				return;
			}
			catch (IOException ex) {
				if (hasEnded(everyMillis)) {
					throw new BenchmarkException(
							this.name + " ended instead of starting; the end of " + this.log + ":\n" + tail());
				}
			}
		}
		close();
		throw new BenchmarkException(this.name + " does not listen on port " + this.port + " after " + START_SECONDS
				+ " s; the end of " + this.log + ":\n" + tail());
	}

	private boolean hasEnded(long waitMillis) {
		try {
			return this.process.waitFor(waitMillis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
	}

	private String tail() {
		try {
			List<String> lines = Files.readAllLines(this.log);
			return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
		}
		catch (IOException ex) {
			return "(cannot be read: " + ex.getMessage() + ")";
		}
	}

	/** Whether somebody takes connections there. */
	static boolean listens(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		end(STOP_SECONDS);
	}

	/** Asks it to end, and makes it end where that takes longer. */
	void end(int patienceSeconds) {
		this.process.destroy();
		if (!hasEnded(patienceSeconds * 1000L)) {
			this.process.destroyForcibly();
		}
	}

	/** What tells on a connection that a server is there. */
	@FunctionalInterface
	private interface Sign {

		void awaitOn(Socket socket) throws IOException;

	}

}
