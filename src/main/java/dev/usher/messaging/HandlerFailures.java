package dev.usher.messaging;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.MessageFailures;
import dev.usher.thread.FatalErrors;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts methods of extensions that failed and logs them with an incident. Clients can
 * cause any number, so at most {@value #MOST_LINES} are logged in ten seconds, and only
 * the first of them with its stack trace.
 */
final class HandlerFailures implements MeterBinder {

	private static final Logger log = LoggerFactory.getLogger(HandlerFailures.class);

	private static final long PERIOD = TimeUnit.SECONDS.toNanos(10);

	static final int MOST_LINES = 20;

	private final AtomicLong all = new AtomicLong();

	private long begun = System.nanoTime() - PERIOD;

	private int lines;

	private long unlogged;

	/** A method failed, and nothing of its extension handled that. */
	void note(String method, Throwable failure) {
		FatalErrors.endIfFatal(failure);
		this.all.incrementAndGet();
		String incident = new RefusedException(Reason.INTERNAL_ERROR).incident().orElse("");
		synchronized (this) {
			long now = System.nanoTime();
			if (now - this.begun >= PERIOD) {
				begin(now);
				log.error("{} failed, incident {}", method, incident, MessageFailures.withoutMessage(failure));
			}
			else if (++this.lines < MOST_LINES) {
				log.error("{} failed, incident {}: {}", method, incident, failure.getClass().getName());
			}
			else {
				this.unlogged++;
			}
		}
	}

	private void begin(long now) {
		if (this.unlogged > 0) {
			log.error("{} more failures of methods of extensions were not logged", this.unlogged);
		}
		this.begun = now;
		this.lines = 0;
		this.unlogged = 0;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("usher.handlers.failed", this.all, AtomicLong::doubleValue)
			.description("Frames whose method of an extension failed")
			.register(registry);
	}

}
