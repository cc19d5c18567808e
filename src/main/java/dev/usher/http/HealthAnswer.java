package dev.usher.http;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.contributor.Status;

/**
 * What a load balancer is told.
 *
 * @param word the status in one word
 * @param isWell whether to send traffic here
 */
public record HealthAnswer(String word, boolean isWell) {

	/** The answer for what was found, with a servlet or without one. */
	public static HealthAnswer of(@Nullable HealthDescriptor health) {
		Status status = (health != null) ? health.getStatus() : Status.UNKNOWN;
		return new HealthAnswer(status.getCode(), status.equals(Status.UP) || status.equals(Status.UNKNOWN));
	}

}
