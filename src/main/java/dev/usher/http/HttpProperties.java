package dev.usher.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of HTTP requests.
 *
 * @param maxBody {@code usher.http.max-body}, the largest body of a call that is not
 * under {@code /api}; 64 KiB by default, many times what any of them needs
 */
@ConfigurationProperties("usher.http")
public record HttpProperties(@DefaultValue("64KB") DataSize maxBody) {

	public HttpProperties {
		if (maxBody.toBytes() < 1024) {
			throw new IllegalArgumentException(
					"usher.http.max-body must be at least 1KB, but is " + maxBody.toBytes() + "B");
		}
	}

}
