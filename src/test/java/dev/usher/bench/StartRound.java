package dev.usher.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.FreePort;

/**
 * How long a server takes from its command to its first answer over HTTP, and how much
 * processor time it has used by then. It has all cores. The gateway starts twice on one
 * data folder: the first start makes the database, the keys and the first account. The
 * stock application, which has none of it, starts as often.
 */
final class StartRound {

	/** What a JVM needs to write a cache of all its classes when it ends. */
	private static final int CACHE_SECONDS = 300;

	/** Where the option {@code -XX:AOTCacheOutput} begins to be. */
	private static final int FIRST_WITH_CACHE = 25;

	private final Settings settings;

	private final Contender contender;

	private final Report report;

	private final Path folder;

	private StartRound(Settings settings, Contender contender, Report report, Path folder) {
		this.settings = settings;
		this.contender = contender;
		this.report = report;
		this.folder = folder;
	}

	/**
	 * Looks for what has to be there before anything is started.
	 * @throws BenchmarkException if it is not
	 */
	static void check(Settings settings) {
		if (!settings.startJava().isEmpty() && version(Path.of(settings.startJava())) < FIRST_WITH_CACHE) {
			throw new BenchmarkException(settings.startJava() + " of bench.start.java must be the folder of a JDK "
					+ FIRST_WITH_CACHE + " or newer");
		}
	}

	/** The feature release of a JDK, 0 where there is none in the folder. */
	private static int version(Path home) {
		Properties release = new Properties();
		try (BufferedReader lines = Files.newBufferedReader(home.resolve("release"))) {
			release.load(lines);
			return Runtime.Version.parse(release.getProperty("JAVA_VERSION", "0").replace("\"", "")).feature();
		}
		catch (IOException | IllegalArgumentException ex) {
			return 0;
		}
	}

	static void run(Settings settings, Contender contender, Report report, Path folder) throws IOException {
		new StartRound(settings, contender, report, folder).run();
	}

	private void run() throws IOException {
		on(Path.of(System.getProperty("java.home")));
		if (!this.settings.startJava().isEmpty()) {
			on(Path.of(this.settings.startJava()));
		}
	}

	/**
	 * From the jar, then as {@code src/docs/deploying.md} says: unpacked, and with what
	 * one run leaves behind for the next ones. The stock application is started alike
	 * each time: it stands on a class path, and what it leaves behind is not what is
	 * asked.
	 */
	private void on(Path home) throws IOException {
		int version = version(home);
		String java = home.resolve("bin/java").toString();
		Path jar = this.settings.jar();
		twice("on Java " + version, List.of(java), jar);
		boolean aot = version >= FIRST_WITH_CACHE;
		String withCache = "on Java " + version + ((aot) ? ", AOT cache" : ", class archive");
		if (!this.contender.name().equals(Contender.USHER)) {
			twice(withCache, List.of(java), jar);
			return;
		}
		Path unpacked = this.folder.resolve("unpacked-" + version);
		Path cache = this.folder.resolve("cache-" + version);
		unpack(java, unpacked);
		Path thin = unpacked.resolve(jar.getFileName());
		train(List.of(java, ((aot) ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cache), thin, cache);
		twice(withCache, List.of(java, ((aot) ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cache), thin);
	}

	private void unpack(String java, Path target) throws IOException {
		List<String> command = List.of(java, "-Djarmode=tools", "-jar", this.settings.jar().toString(), "extract",
				"--destination", target.toString());
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("unpack.log").toFile())
			.start();
		if (!ends(process)) {
			throw new BenchmarkException("Could not unpack " + this.settings.jar());
		}
	}

	/** One run from start to end, which writes the cache when it ends. */
	private void train(List<String> java, Path jar, Path cache) throws IOException {
		Path place = Files.createTempDirectory(this.folder, "training-");
		try (ServerProcess server = launch(java, jar, place)) {
			server.awaitAnswer();
			server.end(CACHE_SECONDS);
		}
		if (!Files.exists(cache)) {
			throw new BenchmarkException("No cache was written; the log of the run that was to do it:\n"
					+ Files.readString(place.resolve("server.log")));
		}
	}

	private static boolean ends(Process process) {
		try {
			return process.waitFor(CACHE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
	}

	private void twice(String where, List<String> java, Path jar) throws IOException {
		Path place = Files.createTempDirectory(this.folder, "start-");
		once("first start " + where, java, jar, place);
		once("later start " + where, java, jar, place);
	}

	private void once(String figure, List<String> java, Path jar, Path place) throws IOException {
		long begin = System.nanoTime();
		try (ServerProcess server = launch(java, jar, place)) {
			server.awaitAnswer();
			double seconds = (System.nanoTime() - begin) / 1e9;
			add(figure + ", CPU s", server.cpuSeconds());
			add(figure + ", s", seconds);
			server.end(CACHE_SECONDS);
		}
	}

	private ServerProcess launch(List<String> java, Path jar, Path place) throws IOException {
		int port = FreePort.next();
		List<String> command = new ArrayList<>(this.contender.command(port, place));
		command.remove(0);
		command.addAll(0, java);
		if (this.settings.pin()) {
			command.addAll(0, Machine.onAllCores());
		}
		command.replaceAll((word) -> word.equals(this.settings.jar().toString()) ? jar.toString() : word);
		// Metrics have a server of their own, as they have by default.
		command.replaceAll((word) -> word.equals(Contender.NO_MANAGEMENT) ? "--management.server.port=0" : word);
		return ServerProcess.launch(this.contender.name(), command, port, place.resolve("server.log"));
	}

	private void add(String figure, double value) {
		this.report.add(figure, this.contender, value);
	}

}
