package dev.usher.socket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** How many connections there are, and how much waits for them. */
@Component
class ConnectionMeters implements MeterBinder {

	private final Connections connections;

	private final MemoryBudget memory;

	ConnectionMeters(StompGateway gateway) {
		this.connections = gateway.connections();
		this.memory = gateway.memory();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("usher.connections", this.connections, Connections::size)
			.description("WebSockets that are open, connected or not")
			.register(registry);
		Gauge.builder("usher.connections.pending", this.connections, Connections::pending)
			.description("WebSockets that are open and not authenticated yet")
			.register(registry);
		Gauge.builder("usher.connections.authenticated", this.connections, Connections::authenticated)
			.description("WebSockets whose user is known")
			.register(registry);
		Gauge.builder("usher.connections.slow", this.connections, Connections::slow)
			.description("WebSockets for which something waits and whose client has taken nothing for half a second")
			.register(registry);
		Gauge.builder("usher.outbound.queued", this.connections, Connections::queuedBytes)
			.description("What waits for readers")
			.baseUnit("bytes")
			.register(registry);
		Gauge.builder("usher.outbound.held", this.memory, (memory) -> memory.held().get())
			.description(
					"What is held in memory for clients: what they do not take, and their subscriptions, open transactions, messages to be acknowledged")
			.baseUnit("bytes")
			.register(registry);
		Gauge.builder("usher.outbound.limit", this.memory, MemoryBudget::limit)
			.description("How much may be held (usher.outbound.max-total) before the slowest are ended")
			.baseUnit("bytes")
			.register(registry);
	}

}
