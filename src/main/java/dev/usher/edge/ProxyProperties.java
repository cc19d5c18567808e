package dev.usher.edge;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The reverse proxies in front of the gateway.
 *
 * @param proxies {@code usher.proxies}, addresses or ranges in CIDR notation (RFC 4632,
 * RFC 4291) whose {@code Forwarded} and {@code X-Forwarded-*} headers are believed. None
 * by default, not even this machine: whoever is not named here can write what they like
 * into those headers
 */
@ConfigurationProperties("usher")
public record ProxyProperties(@Nullable List<String> proxies) {

	public ProxyProperties {
		List<String> given = (proxies != null) ? proxies : List.of();
		for (int i = 0; i < given.size(); i++) {
			if (AddressRange.parse(given.get(i)) == null) {
				throw new IllegalArgumentException("usher.proxies[" + i
						+ "] must be an address or a range such as 10.0.0.0/8 or fd00::/8, but is " + given.get(i));
			}
		}
		proxies = List.copyOf(given);
	}

	List<AddressRange> ranges() {
		List<AddressRange> ranges = new ArrayList<>();
		for (String text : (this.proxies != null) ? this.proxies : List.<String>of()) {
			AddressRange range = AddressRange.parse(text);
			if (range != null) {
				ranges.add(range);
			}
		}
		return List.copyOf(ranges);
	}

}
