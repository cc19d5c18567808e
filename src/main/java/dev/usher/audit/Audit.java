package dev.usher.audit;

import java.time.Clock;

import dev.usher.protocol.Reason;
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
 * writes them. Any thread may call.
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

	Audit(Clock clock, AuditProperties properties, MeterRegistry meters) {
		this.clock = clock;
		this.properties = properties;
		this.meters = meters;
		if (properties.format() == AuditProperties.Format.JSON) {
			JsonAppender.attach();
		}
		this.writer = new AuditWriter(logger, properties.format());
		FunctionCounter.builder("usher.audit.dropped", this.writer, AuditWriter::dropped).register(meters);
		this.writer.start();
	}

	/** Writes an event down. Never throws for what an event holds. */
	public void record(AuditEvent event) {
		Reason reason = event.reason();
		this.meters
			.counter("usher.events", "event", event.kind().word(), "outcome", event.outcome(), "reason",
					(reason != null) ? reason.code() : "none")
			.increment();
		if (logger.isInfoEnabled()) {
			this.writer.write(AuditLine.of(event, this.clock.instant(), this.properties.format()));
		}
	}

	/** Writes what is waiting, within a few seconds. */
	@Override
	public void destroy() {
		this.writer.close();
	}

}
