package dev.usher.socket;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import dev.usher.stomp.Command;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Counts frames for which interceptors held up the thread that reads, and with it all its
 * connections, and says so in the log: one line in ten seconds, however many there are.
 */
@Component
class SlowInterceptors implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(SlowInterceptors.class);

	/** From here on somebody notices. */
	private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

	private final AtomicLong slow = new AtomicLong();

	private long toldAt = System.nanoTime() - PAUSE;

	private long told;

	/** A frame has passed the interceptors, or was stopped there. */
	void passed(Command command, long nanos, Supplier<List<String>> interceptors) {
		if (nanos >= SLOW) {
			this.slow.incrementAndGet();
			tell(command, nanos, interceptors);
		}
	}

	private synchronized void tell(Command command, long nanos, Supplier<List<String>> interceptors) {
		long now = System.nanoTime();
		if (now - this.toldAt < PAUSE) {
			return;
		}
		long all = this.slow.get();
		logger.warn(
				"The interceptors of clientInboundChannel {} took {} ms for one {}, and the thread that reads waited. "
						+ "Slow frames since the last line of this: {}",
				interceptors.get(), TimeUnit.NANOSECONDS.toMillis(nanos), command, all - this.told);
		this.toldAt = now;
		this.told = all;
	}

	long count() {
		return this.slow.get();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("usher.interceptors.slow", this.slow, AtomicLong::doubleValue)
			.description("Frames for which interceptors took 50 ms or more")
			.register(registry);
	}

}
