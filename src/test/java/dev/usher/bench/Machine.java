package dev.usher.bench;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * What the benchmark runs on.
 */
final class Machine {

	private static final int SERVER_CORE = 0;

	private static final int LOAD_CORE = 1;

	/** Counted before this process is moved to one of them. */
	private static final int CORES = Runtime.getRuntime().availableProcessors();

	private Machine() {
	}

	/** The words in front of a command that keep it on the core of the servers. */
	static List<String> onServerCore() {
		return List.of("taskset", "-c", Integer.toString(SERVER_CORE));
	}

	/**
	 * The same for all cores, which what is started from the load's has not by itself.
	 */
	static List<String> onAllCores() {
		return List.of("taskset", "-c", "0-" + (CORES - 1));
	}

	/**
	 * Moves this process, the load, to its own core.
	 * @return whether that was possible, and so whether servers are to be pinned too
	 */
	static boolean pinLoad() {
		if (Runtime.getRuntime().availableProcessors() < 2 || find("taskset").isEmpty()) {
			return false;
		}
		try {
			return new ProcessBuilder("taskset", "-a", "-p", "-c", Integer.toString(LOAD_CORE),
					Long.toString(ProcessHandle.current().pid()))
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
	}

	/** A program on the PATH. */
	static Optional<Path> find(String program) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.map((folder) -> Path.of(folder, program))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/** A tool of the JDK that runs this. */
	static String javaTool(String name) {
		return Path.of(System.getProperty("java.home"), "bin", name).toString();
	}

	/** How many files and sockets this process may have open. */
	static long fileLimit() {
		// The JVM itself has raised the soft limit to the hard one by now, and does so in
		// the servers too.
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? unix.getMaxFileDescriptorCount() : Long.MAX_VALUE;
	}

	/** Cores, processor, system and JDK in a line. */
	static String describe(int cores) {
		return cores + " cores, " + processor() + ", " + System.getProperty("os.name") + " "
				+ System.getProperty("os.version") + ", Java " + System.getProperty("java.runtime.version") + " ("
				+ System.getProperty("java.vendor") + ")";
	}

	private static String processor() {
		try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst()
				.orElse(System.getProperty("os.arch"));
		}
		catch (IOException ex) {
			return System.getProperty("os.arch");
		}
	}

}
