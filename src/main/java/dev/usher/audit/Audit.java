package dev.usher.audit;

import java.time.Clock;

import dev.usher.protocol.Reason;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Writes down events on the logger {@code usher.audit}, level INFO, and counts them as
 * {@code usher.events} by event, outcome and reason, which are words of ours and few.
 * Costs a line of the log and touches no database. Any thread may call.
 */
@Component
public class Audit {

	/** The name of the logger. */
	static final String LOGGER = "usher.audit";

	private static final Logger logger = LoggerFactory.getLogger(LOGGER);

	private final Clock clock;

	private final AuditProperties properties;

	private final MeterRegistry meters;

	Audit(Clock clock, AuditProperties properties, MeterRegistry meters) {
		this.clock = clock;
		this.properties = properties;
		this.meters = meters;
		if (properties.format() == AuditProperties.Format.JSON) {
			JsonAppender.attach();
		}
	}

	/** Writes an event down. Never throws for what an event holds. */
	public void record(AuditEvent event) {
		Reason reason = event.reason();
		this.meters
			.counter("usher.events", "event", event.kind().word(), "outcome", event.outcome(), "reason",
					(reason != null) ? reason.code() : "none")
			.increment();
		if (logger.isInfoEnabled()) {
			logger.info(AuditLine.of(event, this.clock.instant(), this.properties.format()));
		}
	}

}
