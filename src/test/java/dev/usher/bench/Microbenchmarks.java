package dev.usher.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The parts alone, measured by JMH: all that the class path has.
 */
final class Microbenchmarks {

	private Microbenchmarks() {
	}

	/**
	 * Runs microbenchmarks in processes of their own and prints their results.
	 * @param which {@code true} for all, or a part of the name of those that are wanted
	 */
	static void run(String which) {
		try {
			new Runner(new OptionsBuilder().include(which.equals("true") ? "dev\\.usher\\." : which)
				.addProfiler(GCProfiler.class)
				.build()).run();
		}
		catch (RunnerException ex) {
			throw new BenchmarkException("JMH: " + ex.getMessage(), ex);
		}
	}

}
