package dev.usher.edge;

import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The names the gateway answers to. A page can make its own name lead to any machine its
 * visitor reaches (DNS rebinding), and would then be of the same origin; but it cannot
 * name another host than its own. So a {@code Host} counts only if it is one of these:
 * the names of loopback, those of {@code usher.hosts}, of {@code usher.token.issuer}, of
 * {@code usher.origins}, and {@code server.address}. Ports are not compared: a name leads
 * somewhere, a port does not. Any thread may ask; never blocks.
 */
@Component
public class Hosts {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*\\.?");

	private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::\\d{0,5})?");

	private static final int MAX_LENGTH = 255;

	private final Set<String> names = new HashSet<>(Set.of("localhost"));

	Hosts(HostProperties properties, OriginProperties origins, Environment environment) {
		this.names.addAll(properties.names());
		origins.hosts().forEach(this::add);
		add(hostOf(environment.getProperty("usher.token.issuer", "")));
		add(environment.getProperty("server.address", ""));
	}

	private void add(@Nullable String host) {
		if (host != null) {
			name(host).ifPresent(this.names::add);
		}
	}

	/** An issuer may be a word, which names no host. */
	private static @Nullable String hostOf(String issuer) {
		try {
			return URI.create(issuer).getHost();
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Whether a host, with or without a port, is one of ours.
	 * @param authority the value of a {@code Host} header (RFC 9110, section 7.2), or
	 * null where there is none
	 */
	public boolean contains(@Nullable String authority) {
		if (authority == null || authority.length() > MAX_LENGTH) {
			return false;
		}
		Matcher parts = AUTHORITY.matcher(authority);
		return parts.matches()
				&& name(parts.group(1)).filter((name) -> this.names.contains(name) || isLoopback(name)).isPresent();
	}

	private static boolean isLoopback(String name) {
		InetAddress address = IpAddress.parse(name);
		return address != null && address.isLoopbackAddress();
	}

	/**
	 * The one spelling of a name or an address: lower case, without the root's dot,
	 * addresses as {@link InetAddress#getHostAddress()} writes them.
	 * @return empty where it is neither, and for the address that means all
	 */
	static Optional<String> name(String text) {
		InetAddress address = IpAddress.parse(text);
		if (address != null) {
			return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address.getHostAddress());
		}
		if (!NAME.matcher(text).matches()) {
			return Optional.empty();
		}
		String name = text.toLowerCase(Locale.ROOT);
		return Optional.of(name.endsWith(".") ? name.substring(0, name.length() - 1) : name);
	}

}
