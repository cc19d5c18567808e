package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.FileSystemUtils;

/**
 * The packaged gateway, unpacked by its own tools, beside an archive of its classes that
 * the JVM maps instead of reading and verifying them. Both are made once for each build,
 * under {@code target}, by the process of the tests that asks first. The archive is made
 * of the demo, because that uses most of what a gateway has.
 */
final class UnpackedJar {

	private static final Path ALL = Path.of("target", "unpacked").toAbsolutePath();

	/** A busy machine takes its time, and others wait for it. */
	private static final Duration PATIENCE = Duration.ofMinutes(15);

	/** Says nothing where the archive does not fit; then it is not used. */
	private static final List<String> QUIET = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-XX:+UseSerialGC");

	private final Path packed;

	private final Path folder;

	private final Path archive;

	/** There when all else is; a JVM that makes no archive goes without. */
	private final Path made;

	private UnpackedJar(Path packed) {
		this.packed = packed;
		try {
			this.folder = ALL.resolve(Files.getLastModifiedTime(packed).toMillis() + "-" + Files.size(packed) + "-"
					+ Runtime.version().feature());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.archive = this.folder.resolve("usher.jsa");
		this.made = this.folder.resolve("made");
	}

	static UnpackedJar of(String packed) {
		return new UnpackedJar(Path.of(packed));
	}

	/** Whether there is one of this build. */
	boolean isMade() {
		return Files.exists(this.made);
	}

	/** The options and the jar, to put behind {@code java}; makes what is not there. */
	List<String> command() {
		try {
			Files.createDirectories(ALL);
			// The tests run in several processes.
			try (FileChannel channel = FileChannel.open(ALL.resolveSibling("unpacked.lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
				if (!isMade()) {
					make();
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return command("-XX:SharedArchiveFile=" + this.archive);
	}

	private List<String> command(String option) {
		List<String> all = new ArrayList<>(QUIET);
		all.addAll(List.of(option, "-jar", jar().toString()));
		return all;
	}

	private Path jar() {
		return this.folder.resolve("usher.jar");
	}

	private void make() throws IOException {
		FileSystemUtils.deleteRecursively(ALL);
		run(List.of(JavaProcess.QUICK, "-Djarmode=tools", "-jar", this.packed.toString(), "extract", "--destination",
				this.folder.toString()));
		if (!Files.exists(jar())) {
			throw new IllegalStateException(this.packed + " was not unpacked");
		}
		Path data = Files.createTempDirectory("usher-archive");
		List<String> demo = new ArrayList<>(List.of(JavaProcess.QUICK));
		demo.addAll(command("-XX:ArchiveClassesAtExit=" + this.archive));
		demo.addAll(List.of("--spring.profiles.active=demo", "--usher.demo.then=exit", "--usher.data=" + data,
				"--server.port=0", "--management.server.port=0"));
		run(demo);
		FileSystemUtils.deleteRecursively(data);
		Files.createFile(this.made);
	}

	/** Where a step of the demo does not hold, others will say so. */
	private static void run(List<String> arguments) {
		try (JavaProcess process = JavaProcess.start(arguments.toArray(String[]::new))) {
			process.awaitExit(PATIENCE);
		}
	}

}
