package dev.usher.edge;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Warns of origins whose pages were refused: an operator who forgot to list one sees in
 * the log which property it belongs into. One line for each origin an hour, and for no
 * more than {@link #MOST} of them, since anybody can invent origins. Any thread may call.
 */
@Component
public class UnlistedOrigins {

	/** How soon the same origin is warned of again. */
	static final Duration AGAIN = Duration.ofHours(1);

	/** How many different origins are warned of in an hour. */
	static final int MOST = 100;

	private static final Logger logger = LoggerFactory.getLogger(UnlistedOrigins.class);

	private final Clock clock;

	/** When each was warned of, the oldest first. */
	private final Map<String, Instant> warned = new LinkedHashMap<>();

	UnlistedOrigins(Clock clock) {
		this.clock = clock;
	}

	/**
	 * A page was refused.
	 * @param origin its {@code Origin}, as it came
	 */
	public void refused(String origin) {
		// What is no origin cannot be listed, and may be written to deceive who reads it.
		OriginProperties.normalize(origin)
			.filter(this::isDue)
			.ifPresent((normal) -> logger.warn(
					"Refused a page of {}. If it is yours, list it: usher.origins[0]={} (any free index)", normal,
					normal));
	}

	private synchronized boolean isDue(String origin) {
		Instant now = this.clock.instant();
		Iterator<Instant> times = this.warned.values().iterator();
		while (times.hasNext() && !now.isBefore(times.next().plus(AGAIN))) {
			times.remove();
		}
		return this.warned.size() < MOST && this.warned.putIfAbsent(origin, now) == null;
	}

}
