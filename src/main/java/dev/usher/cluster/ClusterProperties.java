package dev.usher.cluster;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How several nodes on one PostgreSQL are one gateway.
 *
 * @param poll {@code usher.cluster.poll}, how often a node reads what others have ended
 * or removed; 250 milliseconds by default
 * @param blindAfter {@code usher.cluster.blind-after}, how long a node may be without a
 * reading that went through before it is blind, where its peers are not; 5 seconds by
 * default
 * @param whenBlind {@code usher.cluster.when-blind}, what a blind node does;
 * {@code close} by default
 * @param node {@code usher.cluster.node}, a lasting name of this node, one of its own in
 * the database; null by default, for a new one at each start
 */
@ConfigurationProperties("usher.cluster")
public record ClusterProperties(@DefaultValue("250ms") Duration poll, @DefaultValue("5s") Duration blindAfter,
		@DefaultValue("close") WhenBlind whenBlind, @Nullable String node) {

	private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	private static final Duration LEAST_POLL = Duration.ofMillis(10);

	/** Ends are promised within a second or so. */
	private static final Duration MOST_POLL = Duration.ofSeconds(10);

	/** A pause of the collector is no blindness. */
	private static final Duration LEAST_BLIND = Duration.ofSeconds(1);

	/** Blind for as long, a node would have served those who were ended. */
	private static final Duration MOST_BLIND = Duration.ofMinutes(10);

	public ClusterProperties {
		if (node != null && !NODE.matcher(node).matches()) {
			throw new IllegalArgumentException(
					"usher.cluster.node must have 1 to 64 characters of A-Z a-z 0-9 . _ -, but is '" + node + "'");
		}
		if (poll.compareTo(LEAST_POLL) < 0 || poll.compareTo(MOST_POLL) > 0) {
			throw new IllegalArgumentException(
					"usher.cluster.poll must be from 10ms to 10s, but is " + poll.toMillis() + "ms");
		}
		if (blindAfter.compareTo(LEAST_BLIND) < 0 || blindAfter.compareTo(MOST_BLIND) > 0) {
			throw new IllegalArgumentException(
					"usher.cluster.blind-after must be from 1s to 10m, but is " + blindAfter.toMillis() + "ms");
		}
		if (blindAfter.compareTo(poll.multipliedBy(2)) < 0) {
			throw new IllegalArgumentException("usher.cluster.blind-after must be twice usher.cluster.poll at least, "
					+ "but is " + blindAfter.toMillis() + "ms");
		}
	}

	/** What a blind node does. */
	public enum WhenBlind {

		/** It is not ready, lets nobody in and sends its connections to other nodes. */
		CLOSE,

		/** It goes on, and those who were ended elsewhere go on here. */
		STAY

	}

}
