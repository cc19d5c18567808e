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
 */
@ConfigurationProperties("usher.http")
public record HttpProperties(@DefaultValue("64KB") DataSize maxBody, @DefaultValue("30s") Duration requestTimeout) {

	public HttpProperties {
		if (maxBody.toBytes() < 1024) {
			throw new IllegalArgumentException(
					"usher.http.max-body must be at least 1KB, but is " + maxBody.toBytes() + "B");
		}
		if (requestTimeout.toMillis() < 1000) {
			throw new IllegalArgumentException(
					"usher.http.request-timeout must be at least 1s, but is " + requestTimeout);
		}
	}

}
