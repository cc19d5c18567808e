package dev.usher.cluster;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: a blind node gets no new clients from a load balancer. */
@Component
class ChangesHealthIndicator implements HealthIndicator {

	private final Blindness blindness;

	ChangesHealthIndicator(Blindness blindness) {
		this.blindness = blindness;
	}

	@Override
	public Health health() {
		return (this.blindness.isClosed()) ? Health.down().build() : Health.up().build();
	}

}
