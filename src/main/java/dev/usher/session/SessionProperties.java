package dev.usher.session;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a login lasts.
 *
 * @param lifetime {@code usher.session.lifetime}, how long after a login or a refresh its
 * refresh token can be used; 30 days by default
 * @param refreshGrace {@code usher.session.refresh-grace}, how long after a refresh the
 * same old token is answered with the same successor, while that is unused and where the
 * client named none itself; 30 seconds by default, 0 for not at all, 5 minutes at most
 * @param maxPerUser {@code usher.session.max-per-user}, how many sessions a user may have
 * before a login ends the oldest; 100 by default
 * @param ticketLifetime {@code usher.session.ticket-lifetime}, how long a ticket can be
 * used; 30 seconds by default, 5 minutes at most
 */
@ConfigurationProperties("usher.session")
public record SessionProperties(@DefaultValue("30d") Duration lifetime, @DefaultValue("30s") Duration refreshGrace,
		@DefaultValue("100") int maxPerUser, @DefaultValue("30s") Duration ticketLifetime) {

	private static final Duration MIN = Duration.ofMinutes(1);

	/** Still a number of milliseconds that can be added to any date of our time. */
	private static final Duration MAX = Duration.ofDays(3650);

	private static final Duration MAX_TICKET = Duration.ofMinutes(5);

	/** So long a stolen token is good for as much as its owner's. */
	private static final Duration MAX_GRACE = Duration.ofMinutes(5);

	public SessionProperties {
		if (lifetime.compareTo(MIN) < 0 || lifetime.compareTo(MAX) > 0) {
			throw new IllegalArgumentException(
					"usher.session.lifetime must be from 1m to 3650d, but is " + lifetime.toSeconds() + "s");
		}
		if (refreshGrace.isNegative() || refreshGrace.compareTo(MAX_GRACE) > 0) {
			throw new IllegalArgumentException(
					"usher.session.refresh-grace must be from 0s to 5m, but is " + refreshGrace.toSeconds() + "s");
		}
		if (maxPerUser < 1) {
			throw new IllegalArgumentException("usher.session.max-per-user must be at least 1, but is " + maxPerUser);
		}
		if (ticketLifetime.toSeconds() < 1 || ticketLifetime.compareTo(MAX_TICKET) > 0) {
			throw new IllegalArgumentException(
					"usher.session.ticket-lifetime must be from 1s to 5m, but is " + ticketLifetime.toSeconds() + "s");
		}
	}

}
