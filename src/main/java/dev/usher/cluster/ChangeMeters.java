package dev.usher.cluster;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** How late this node hears of what others end. */
@Component
class ChangeMeters implements MeterBinder {

	private static final double MILLIS = 1000;

	private final ChangeFeed feed;

	ChangeMeters(ChangeFeed feed) {
		this.feed = feed;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("usher.changes.lag", this.feed, (feed) -> feed.age().toMillis() / MILLIS)
			.description("Time since this node last read what others have ended")
			.baseUnit("seconds")
			.register(registry);
		FunctionCounter.builder("usher.changes.failed", this.feed, ChangeFeed::failed)
			.description("Readings of what others have ended that failed")
			.register(registry);
	}

}
