package dev.usher.inbox.store;

import java.util.List;

import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What metrics name beside the families that are always there, {@code usher.metrics.*}.
 *
 * @param destinations stored destinations whose readers have a lag of their own, as they
 * are published to ({@code /queue/work}, {@code /user/alice/queue/orders}); none by
 * default, 100 at most, as each is a time series of every node
 */
@ConfigurationProperties("usher.metrics")
record MetricsProperties(@DefaultValue List<String> destinations) {

	private static final int MOST = 100;

	MetricsProperties {
		destinations = List.copyOf(destinations);
		if (destinations.size() > MOST) {
			throw new IllegalArgumentException(
					"usher.metrics.destinations may have " + MOST + " at most, but has " + destinations.size());
		}
		for (int i = 0; i < destinations.size(); i++) {
			if (!isStored(destinations.get(i))) {
				throw new IllegalArgumentException("usher.metrics.destinations[" + i
						+ "] must be a stored destination such as /queue/work, but is " + destinations.get(i));
			}
		}
	}

	private static boolean isStored(String text) {
		try {
			return Destination.forPublish(text).stored();
		}
		catch (RefusedException ex) {
			return false;
		}
	}

}
