package dev.usher.socket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** How many connections there are, and how much waits for them. */
@Component
class ConnectionMeters implements MeterBinder {

	private final Connections connections;

	ConnectionMeters(Connections connections) {
		this.connections = connections;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("usher.connections", this.connections, Connections::size)
			.description("WebSockets that are open, connected or not")
			.register(registry);
		Gauge.builder("usher.outbound.queued", this.connections, Connections::queuedBytes)
			.description("What waits for readers")
			.baseUnit("bytes")
			.register(registry);
	}

}
