package dev.usher.http;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of HTTP requests.
 *
 * @param maxBody {@code usher.http.max-body}, the largest body of a call that is not
 * under {@code /api}; 64 KiB by default, many times what any of them needs
 * @param requestTimeout {@code usher.http.request-timeout}, how long a request may take
 * to arrive as a whole; 30 s by default, in which a slow phone sends the largest one
 * @param perAddress {@code usher.http.per-address}, how many connections an address may
 * have open that are no WebSocket yet, and behind a proxy how many requests under way;
 * 256 by default, 0 for any number. For one more the connection is cut that has done
 * nothing for longest
 * @param minRate {@code usher.http.min-rate}, how much of an answer that waits for it a
 * client takes at least in a second, on average over {@code usher.http.request-timeout};
 * 1 KiB by default, 0 for none
 */
@ConfigurationProperties("usher.http")
public record HttpProperties(@DefaultValue("64KB") DataSize maxBody, @DefaultValue("30s") Duration requestTimeout,
		@DefaultValue("256") int perAddress, @DefaultValue("1KB") DataSize minRate) {

	public HttpProperties {
		if (maxBody.toBytes() < 1024) {
			throw new IllegalArgumentException(
					"usher.http.max-body must be at least 1KB, but is " + maxBody.toBytes() + "B");
		}
		if (requestTimeout.toMillis() < 1000) {
			throw new IllegalArgumentException(
					"usher.http.request-timeout must be at least 1s, but is " + requestTimeout);
		}
		if (perAddress < 0) {
			throw new IllegalArgumentException("usher.http.per-address must be 0 or more, but is " + perAddress);
		}
		if (minRate.isNegative()) {
			throw new IllegalArgumentException(
					"usher.http.min-rate must be 0 or more, but is " + minRate.toBytes() + "B");
		}
	}

}
