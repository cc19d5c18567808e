package dev.usher.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses that strangers wrote. Never asks the name service, and takes one
 * spelling of IPv4: four decimal numbers.
 */
final class IpAddress {

	private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

	private static final Pattern V4 = Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET);

	/** With a colon in it, the platform takes it for a literal or for nothing. */
	private static final Pattern V6 = Pattern.compile("(?=[^:]*:)[0-9A-Fa-f:.]{2,45}");

	private static final int PREFIX_BYTES = 8;

	private IpAddress() {
	}

	/**
	 * Reads one, with or without the brackets of a URL, without a port.
	 * @return the address, or null where it is none. One of IPv4 that is written as IPv6
	 * becomes one of IPv4
	 */
	static @Nullable InetAddress parse(String text) {
		String bare = text.strip();
		if (bare.startsWith("[") && bare.endsWith("]")) {
			bare = bare.substring(1, bare.length() - 1);
		}
		int zone = bare.indexOf('%');
		if (zone > 0) {
			bare = bare.substring(0, zone);
		}
		if (!V4.matcher(bare).matches() && !V6.matcher(bare).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(bare);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Reads one that may have a port behind it: {@code 192.0.2.7:4711},
	 * {@code [2001:db8::7]:4711} (RFC 7239, section 6).
	 */
	static @Nullable InetAddress parseNode(String text) {
		String node = text.strip();
		int bracket = node.indexOf(']');
		if (node.startsWith("[") && bracket > 0) {
			String port = node.substring(bracket + 1);
			return (port.isEmpty() || port.startsWith(":")) ? parse(node.substring(0, bracket + 1)) : null;
		}
		int colon = node.indexOf(':');
		boolean one = colon > 0 && colon == node.lastIndexOf(':');
		return parse(one ? node.substring(0, colon) : node);
	}

	/** The address itself for IPv4, its first 64 bits for IPv6. */
	static String network(InetAddress address) {
		if (!(address instanceof Inet6Address)) {
			return address.getHostAddress();
		}
		byte[] prefix = Arrays.copyOf(Arrays.copyOf(address.getAddress(), PREFIX_BYTES), 2 * PREFIX_BYTES);
		try {
			return InetAddress.getByAddress(prefix).getHostAddress() + "/64";
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("Sixteen bytes are an address", ex);
		}
	}

}
