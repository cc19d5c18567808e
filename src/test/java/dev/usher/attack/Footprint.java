package dev.usher.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.usher.testing.JavaProcess;

/**
 * What a process holds.
 *
 * @param handles open files and sockets, 0 where the system does not tell
 * @param heap bytes of the objects that are alive
 * @param connections how many objects there are that belong to a connection
 */
record Footprint(int handles, long heap, long connections) {

	private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

	private static final Pattern CONNECTION = Pattern.compile(
			"(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+dev\\.usher\\.(?:socket\\.StompConnection|websocket\\.WebSocketConnection)(?:\\s|$)");

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

	/** Looks; the process collects its garbage first. */
	static Footprint of(Target target) {
		long pid = target.process().pid();
		String histogram;
		try (JavaProcess jcmd = JavaProcess.tool("jcmd", Long.toString(pid), "GC.class_histogram")) {
			jcmd.awaitExit();
			histogram = jcmd.output();
		}
		Matcher total = TOTAL.matcher(histogram);
		if (!total.find()) {
			throw new AssertionError(histogram);
		}
		long connections = CONNECTION.matcher(histogram)
			.results()
			.mapToLong((result) -> Long.parseLong(result.group(1)))
			.sum();
		return new Footprint(handles(pid), Long.parseLong(total.group(1)), connections);
	}

	/** Waits until it looks as it should; answers the last look, be it good or not. */
	static Footprint await(Target target, Predicate<Footprint> good) {
		long deadline = System.nanoTime() + PATIENCE;
		Footprint footprint = of(target);
		while (!good.test(footprint) && System.nanoTime() < deadline) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
			footprint = of(target);
		}
		return footprint;
	}

	private static int handles(long pid) {
		Path open = Path.of("/proc", Long.toString(pid), "fd");
		if (!Files.isDirectory(open)) {
			return 0;
		}
		try (Stream<Path> handles = Files.list(open)) {
			return (int) handles.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
