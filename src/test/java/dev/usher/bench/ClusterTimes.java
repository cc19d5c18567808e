package dev.usher.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.testing.Postgres;

/**
 * Processor time of all processes of a cluster between the last two looks, in seconds;
 * that of the nodes without their compilers.
 */
final class ClusterTimes {

	private final List<ServerProcess> nodes;

	private final ProcessHandle redis;

	private final ProcessHandle postgres;

	private Look before;

	private Look last;

	ClusterTimes(List<ServerProcess> nodes, ProcessHandle redis) {
		this.nodes = nodes;
		this.redis = redis;
		this.postgres = Postgres.process();
		this.last = now();
		this.before = this.last;
	}

	/** Looks at all of them. */
	void look() {
		this.before = this.last;
		this.last = now();
	}

	private Look now() {
		double others = this.nodes.stream().skip(1).mapToDouble(ServerProcess::compiledCpuSeconds).sum();
		double postgres = Stream.concat(Stream.of(this.postgres), this.postgres.children())
			.mapToDouble(ClusterTimes::cpuSeconds)
			.sum();
		return new Look(System.nanoTime() / 1e9, this.nodes.get(0).compiledCpuSeconds(), others, cpuSeconds(this.redis),
				postgres);
	}

	private static double cpuSeconds(ProcessHandle process) {
		return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
	}

	/** From one look to the other. */
	double seconds() {
		return this.last.at - this.before.at;
	}

	/** Of the first node, to which the publisher is connected. */
	double publisher() {
		return this.last.publisher - this.before.publisher;
	}

	/** Of all other nodes together. */
	double receivers() {
		return this.last.receivers - this.before.receivers;
	}

	double redis() {
		return this.last.redis - this.before.redis;
	}

	/** Of the server and of those who serve connections now. */
	double postgres() {
		return this.last.postgres - this.before.postgres;
	}

	private record Look(double at, double publisher, double receivers, double redis, double postgres) {
	}

}
