package dev.usher.http;

import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Says on the public port whether this node is well, in one word: a load balancer asks
 * where its traffic goes. Mostly it was answered before any servlet. Everything else of
 * the actuator is on the management port.
 */
@RestController
class HealthController {

	private final HealthEndpoint health;

	HealthController(HealthEndpoint health) {
		this.health = health;
	}

	@GetMapping("/actuator/health")
	ResponseEntity<Map<String, String>> health() {
		return answer(this.health.health());
	}

	@GetMapping("/actuator/health/{group:liveness|readiness}")
	ResponseEntity<Map<String, String>> health(@PathVariable String group) {
		HealthDescriptor health = this.health.healthForPath(group);
		if (health == null) {
			throw new RefusedException(Reason.NOT_FOUND);
		}
		return answer(health);
	}

	private static ResponseEntity<Map<String, String>> answer(HealthDescriptor health) {
		HealthAnswer answer = HealthAnswer.of(health);
		return ResponseEntity.status(answer.isWell() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
			.body(Map.of("status", answer.word()));
	}

}
