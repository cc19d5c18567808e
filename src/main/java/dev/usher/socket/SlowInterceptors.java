package dev.usher.socket;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import dev.usher.stomp.Command;
import dev.usher.thread.SlowCalls;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Counts frames for which interceptors held up the thread that reads, and with it all its
 * connections, and has the log say so.
 */
@Component
class SlowInterceptors implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(SlowInterceptors.class);

	/** From here on somebody notices. */
	private static final Duration SLOW = Duration.ofMillis(50);

	private final SlowCalls calls = new SlowCalls(logger,
			"Interceptors of clientInboundChannel are slow, and connections that are read by the same thread wait.",
			SLOW);

	private final AtomicLong slow = new AtomicLong();

	/** A frame has passed the interceptors, or was stopped there. */
	void passed(Command command, long nanos, Supplier<List<String>> interceptors) {
		if (nanos >= SLOW.toNanos()) {
			this.slow.incrementAndGet();
			this.calls.note(command + " through " + interceptors.get(), nanos);
		}
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("usher.interceptors.slow", this.slow, AtomicLong::doubleValue)
			.description("Frames for which interceptors took 50 ms or more")
			.register(registry);
	}

}
