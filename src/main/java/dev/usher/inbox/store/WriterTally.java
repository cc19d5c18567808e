package dev.usher.inbox.store;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/** How large the commits of the writer are, and how long they take. */
final class WriterTally {

	private static final double[] MESSAGES = { 1, 2, 5, 10, 25, 50, 100, 250, 500 };

	private static final Duration[] TIMES = { Duration.ofMillis(1), Duration.ofNanos(2_500_000), Duration.ofMillis(5),
			Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100),
			Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2500),
			Duration.ofSeconds(5), Duration.ofSeconds(10) };

	private volatile @Nullable DistributionSummary batches;

	private volatile @Nullable Timer commits;

	/** A commit stored messages. */
	void committed(int messages, long nanos) {
		DistributionSummary batches = this.batches;
		Timer commits = this.commits;
		if (batches != null && commits != null) {
			batches.record(messages);
			commits.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void bindTo(MeterRegistry registry) {
		this.batches = DistributionSummary.builder("usher.store.batch")
			.description("Messages that were stored by one commit")
			.baseUnit("messages")
			.serviceLevelObjectives(MESSAGES)
			.register(registry);
		this.commits = Timer.builder("usher.store.commit")
			.description("Time of one commit of messages, the flush to the disk included")
			.serviceLevelObjectives(TIMES)
			.register(registry);
	}

}
