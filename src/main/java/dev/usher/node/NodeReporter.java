package dev.usher.node;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Looks each second whether this node is to drain, and writes into its row how it does:
 * when that changes, and every few seconds. Not on the embedded database, where there is
 * nobody else to read it and nobody else to ask.
 */
@Component
class NodeReporter implements DrainListener, SmartInitializingSingleton, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(NodeReporter.class);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	/** What changes all the time, such as connections, is not worth a write a second. */
	private static final long BETWEEN_REPORTS = Duration.ofSeconds(5).toNanos();

	private final NodeLease node;

	private final NodeReports reports;

	private final OwnState state;

	private final Draining draining;

	private final long startedAt = System.nanoTime();

	private final ScheduledThread thread = new ScheduledThread("usher-node",
			new FailureLog(logger, "This node could not say how it does"));

	/** Used by the thread alone, as is when it was written. */
	private @Nullable NodeReport written;

	private long writtenAt;

	NodeReporter(NodeLease node, NodeReports reports, OwnState state, Draining draining) {
		this.node = node;
		this.reports = reports;
		this.state = state;
		this.draining = draining;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!this.node.isAlone()) {
			this.thread.scheduleWithFixedDelay(this::tick, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/** Other nodes that drain as well must not leave to this one what they have. */
	@Override
	public void onDrain() {
		if (!this.node.isAlone()) {
			this.thread.execute(this::tick);
		}
	}

	/** That the database is away others say; it is tried again. */
	private void tick() {
		try {
			drainIfAsked();
			report(System.nanoTime());
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("This node could not say how it does: {}", ex.getClass().getSimpleName());
		}
	}

	private void drainIfAsked() {
		if (!this.draining.isBegun() && this.reports.isAskedToDrain(this.node.id())) {
			logger.info("An administrator has this node drained: it is not ready and lets nobody in until it is "
					+ "stopped, and sends its connections away");
			this.draining.begin();
		}
	}

	private void report(long now) {
		NodeReport report = this.state.now();
		NodeReport before = this.written;
		if (before == null || report.saysOtherThan(before) || now - this.writtenAt >= BETWEEN_REPORTS) {
			boolean kept = this.reports.write(this.node.id(), report, Duration.ofNanos(now - this.startedAt));
			this.written = (kept) ? report : null;
			this.writtenAt = now;
		}
	}

	@Override
	public void destroy() {
		this.thread.shutdown();
		try {
			this.thread.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
