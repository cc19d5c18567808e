package dev.usher.bus.redis;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/** What goes over the bus, and what does not. */
class BusMeters implements MeterBinder {

	private final RedisBus bus;

	private final BusTally tally;

	BusMeters(RedisBus bus, BusTally tally) {
		this.bus = bus;
		this.tally = tally;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Map.of("published", this.tally.published, "received", this.tally.received, "echo", this.tally.echo, "lost",
				this.tally.lost, "gap", this.tally.gaps)
			.forEach((name, count) -> FunctionCounter.builder("usher.bus." + name, count, LongAdder::sum)
				.description(description(name))
				.register(registry));
		for (FrameFault fault : FrameFault.values()) {
			FunctionCounter.builder("usher.bus.dropped", this.tally, (tally) -> tally.dropped(fault))
				.description("Frames that were not believed")
				.tag("reason", fault.word())
				.register(registry);
		}
		Gauge.builder("usher.bus.wanted.channels", this.bus, RedisBus::wantedChannels)
			.description("Channels that somebody on this node wants")
			.register(registry);
		Gauge.builder("usher.bus.confirmed.channels", this.bus, RedisBus::confirmedChannels)
			.description("Channels of those that Redis has confirmed")
			.register(registry);
		Timer roundTrips = Timer.builder("usher.bus.roundtrip")
			.description("From this node to Redis and back, once a second for each lane")
			.register(registry);
		this.tally.onRoundTrip(roundTrips::record);
	}

	private static String description(String name) {
		return switch (name) {
			case "published" -> "Entries that Redis has taken";
			case "received" -> "Entries of other nodes";
			case "echo" -> "Frames of this node that came back to it";
			case "lost" -> "Entries that could not be sent, and frames that there was no room for";
			default -> "Times in which entries may have been missed";
		};
	}

}
