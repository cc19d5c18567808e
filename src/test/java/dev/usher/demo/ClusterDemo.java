package dev.usher.demo;

import java.io.File;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.usher.testing.JavaProcess;
import org.slf4j.LoggerFactory;

/**
 * Two nodes that are one gateway: starts all they need on this machine, walks through
 * what clients have of it, and ends everything, also when it is interrupted. Ends with 0
 * if every step held, else with 1. Arguments are given to both nodes.
 */
public final class ClusterDemo {

	/** The profile says the same before it builds anything. */
	static final String NO_REDIS = "redis-server is not installed, and this demo starts one. On Debian and Ubuntu: "
			+ "apt-get install redis-server; on macOS: brew install redis.";

	private static final PrintStream out = System.out;

	private final DemoCluster cluster;

	private ClusterDemo(DemoCluster cluster) {
		this.cluster = cluster;
	}

	public static void main(String[] arguments) {
		// What PostgreSQL's library logs is not what one is here to see.
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
		if (!hasRedis()) {
			out.printf("%n  %s%n%n", NO_REDIS);
			System.exit(1);
		}
		DemoCluster cluster = new DemoCluster(List.of(arguments));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			boolean early = !cluster.isClosed();
			cluster.close();
			if (early) {
				out.printf("%n  Stopped. Everything that was started has ended.%n%n");
			}
		}, "end"));
		// A Maven that is killed takes nothing with it.
		ProcessHandle.current().parent().ifPresent((parent) -> parent.onExit().thenRun(() -> System.exit(1)));
		System.exit(new ClusterDemo(cluster).run() ? 0 : 1);
	}

	/** Whether the shell would find it. */
	private static boolean hasRedis() {
		String path = System.getenv("PATH");
		return Stream.of(((path != null) ? path : "").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, "redis-server")));
	}

	private boolean run() {
		boolean held;
		try {
			out.printf("%n  Two nodes of Usher that are one gateway, on this machine%n%n");
			started("PostgreSQL", "127.0.0.1:" + this.cluster.startPostgres());
			started("Redis", "127.0.0.1:" + this.cluster.startRedis());
			out.println("     nodes 1 and 2 are starting on them ...");
			JavaProcess first = this.cluster.launch("node-1");
			JavaProcess second = this.cluster.launch("node-2");
			URI one = this.cluster.await(first, "Node 1");
			started("node 1", one.toString());
			URI two = this.cluster.await(second, "Node 2");
			started("node 2", two.toString());
			held = new ClusterWalk(one, two, first::kill, out).run(this.cluster.adminPassword());
		}
		catch (DemoException ex) {
			held = false;
			if (!this.cluster.isClosed()) {
				out.printf("%n  FAILED. %s%n%n", ex.getMessage());
			}
		}
		finally {
			this.cluster.close();
		}
		out.printf(
				"  Everything that was started has ended. What to set up, and what fails how: src/docs/cluster.md%n%n");
		return held;
	}

	private static void started(String what, String where) {
		out.printf("     %-10s  %s%n", what, where);
	}

}
