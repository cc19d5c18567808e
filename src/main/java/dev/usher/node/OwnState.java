package dev.usher.node;

import dev.usher.bus.Bus;
import dev.usher.cluster.Blindness;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** How this node does now. Any thread may ask; asks no database. */
@Component
class OwnState {

	private static final String READINESS = "readiness";

	private final NodeLease node;

	private final Draining draining;

	private final Blindness blindness;

	private final Bus bus;

	private final ObjectProvider<HealthEndpoint> health;

	private final ObjectProvider<NodeLoad> load;

	OwnState(NodeLease node, Draining draining, Blindness blindness, Bus bus, ObjectProvider<HealthEndpoint> health,
			ObjectProvider<NodeLoad> load) {
		this.node = node;
		this.draining = draining;
		this.blindness = blindness;
		this.bus = bus;
		this.health = health;
		this.load = load;
	}

	NodeReport now() {
		NodeLoad present = this.load.getIfAvailable();
		return new NodeReport(isReady(), this.draining.isBegun(), this.blindness.isBlind(), busWord(),
				this.node.skew().millisAhead(), (present != null) ? present.connections() : 0);
	}

	/** What a probe of readiness is told. */
	private boolean isReady() {
		HealthEndpoint endpoint = this.health.getIfAvailable();
		HealthDescriptor readiness = (endpoint != null) ? endpoint.healthForPath(READINESS) : null;
		if (readiness == null) {
			return !this.draining.isBegun() && !this.blindness.isClosed();
		}
		return !readiness.getStatus().equals(Status.DOWN) && !readiness.getStatus().equals(Status.OUT_OF_SERVICE);
	}

	private String busWord() {
		if (!this.bus.reachesOthers()) {
			return "none";
		}
		return (this.bus.works()) ? "up" : "down";
	}

}
