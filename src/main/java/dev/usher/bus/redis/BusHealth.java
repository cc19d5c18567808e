package dev.usher.bus.redis;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Says that a node whose bus does not work is degraded. It is ready all the same: no
 * other node can do what it does for its own clients, and stored messages need no bus.
 */
class BusHealth implements HealthIndicator {

	private final BusState state;

	BusHealth(BusState state) {
		this.state = state;
	}

	@Override
	public Health health() {
		String problem = this.state.problem();
		return (problem == null) ? Health.up().build()
				: Health.status(new Status("DEGRADED")).withDetail("reason", problem).build();
	}

}
