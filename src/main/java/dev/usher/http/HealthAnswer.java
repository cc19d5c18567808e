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

	/** Something is missing that no other node would do better for these clients. */
	private static final Status DEGRADED = new Status("DEGRADED");

	/** The answer for what was found, with a servlet or without one. */
	public static HealthAnswer of(@Nullable HealthDescriptor health) {
		Status status = (health != null) ? health.getStatus() : Status.UNKNOWN;
		boolean well = status.equals(Status.UP) || status.equals(Status.UNKNOWN) || status.equals(DEGRADED);
		return new HealthAnswer(status.getCode(), well);
	}

}
