package dev.usher.edge;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The names clients reach the gateway by.
 *
 * @param hosts {@code usher.hosts}, names or addresses without a scheme and a port,
 * beside those that need not be listed (see {@link Hosts}). None by default. There is no
 * wildcard: with one, a page could make its own name lead here and be one of ours
 */
@ConfigurationProperties("usher")
public record HostProperties(@Nullable List<String> hosts) {

	public HostProperties {
		List<String> normal = new ArrayList<>();
		for (int i = 0; hosts != null && i < hosts.size(); i++) {
			String given = hosts.get(i);
			String property = "usher.hosts[" + i + "]";
			normal.add(Hosts.name(given)
				.orElseThrow(() -> new IllegalArgumentException(property
						+ " must be a name or an address such as gateway.example.org, without a scheme and a port, but is "
						+ given)));
		}
		hosts = List.copyOf(normal);
	}

	List<String> names() {
		return (this.hosts != null) ? this.hosts : List.of();
	}

}
