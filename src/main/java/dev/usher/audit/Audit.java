package dev.usher.audit;

import java.time.Clock;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Writes down events on the logger {@code usher.audit}, level INFO, and counts them as
 * {@code usher.events} by event, outcome and reason, which are words of ours and few.
 * Touches no database and waits for nobody: the lines go through a queue to a thread that
 * writes them, and of refusals that repeat there is a line each second, see
 * {@link Repetitions}. Any thread may call.
 */
@Component
public class Audit implements DisposableBean {

	/** The name of the logger. Only the audit's own thread logs there, and may wait. */
	public static final String LOGGER = "usher.audit";

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private final Clock clock;

	private final AuditProperties properties;

	private final MeterRegistry meters;

	private final AuditWriter writer;

	private final Repetitions repetitions = new Repetitions();

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(Audit.class),
			"Repeated events could not be summed up");

	private final ScheduledThread seconds = new ScheduledThread("usher-audit-sums", this.failures);

	Audit(Clock clock, AuditProperties properties, MeterRegistry meters) {
		this.clock = clock;
		this.properties = properties;
		this.meters = meters;
		if (properties.format() == AuditProperties.Format.JSON) {
			JsonAppender.attach();
		}
		this.writer = new AuditWriter(logger, properties.format());
		FunctionCounter.builder("usher.audit.dropped", this.writer, AuditWriter::dropped)
			.description("Lines of the audit log that were lost because too many waited to be written")
			.register(meters);
		UsualEvents.all().forEach((event) -> count(event).increment(0));
		this.writer.start();
		this.seconds.scheduleAtFixedRate(this::writeSums, 1, 1, TimeUnit.SECONDS);
	}

	private Counter count(AuditEvent event) {
		String word = event.word();
		return Counter.builder("usher.events")
			.description("Events of the audit log by what happened, how it went and why")
			.tags("event", event.kind().word(), "outcome", event.outcome(), "reason", (word != null) ? word : "none")
			.register(this.meters);
	}

	/** Writes an event down. Never throws for what an event holds. */
	public void record(AuditEvent event) {
		count(event).increment();
		if (logger.isInfoEnabled() && this.repetitions.isWritten(event)) {
			write(event, 1);
		}
	}

	private void write(AuditEvent event, long times) {
		this.writer.write(AuditLine.of(event, times, this.clock.instant(), this.properties.format()));
	}

	private void writeSums() {
		this.repetitions.takeSums().forEach((sum) -> write(sum.event(), sum.times()));
	}

	/** Writes what is waiting, within a few seconds. */
	@Override
	public void destroy() {
		this.seconds.shutdownNow();
		// The writer must be closed even if the last sums fail.
		this.failures.guard(this::writeSums).run();
		this.writer.close();
	}

}
