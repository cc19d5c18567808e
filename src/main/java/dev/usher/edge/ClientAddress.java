package dev.usher.edge;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

import dev.usher.edge.ForwardedHeaders.Hop;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Tells where a request really came from. Headers are believed only of a peer that
 * {@code usher.proxies} names, and of them the rightmost hop that is not itself such a
 * proxy: everything to the left of it was written by whoever is there. The one place that
 * reads {@code Forwarded} and {@code X-Forwarded-*}. Any thread may call; never blocks.
 */
@Component
public class ClientAddress {

	/** A host of a URL and perhaps a port; nothing that could end it early. */
	private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d{1,5})?");

	private final List<AddressRange> proxies;

	ClientAddress(ProxyProperties properties) {
		this.proxies = properties.ranges();
	}

	/**
	 * Where a request came from and as what it was sent.
	 *
	 * @param address the client's address, as {@link InetAddress#getHostAddress()} writes
	 * it
	 * @param origin the origin the client asked: scheme, host and perhaps port
	 */
	public record Source(String address, String origin) {

		/** Whether the client itself came over TLS. */
		public boolean secure() {
			return this.origin.startsWith("https:");
		}

		/** The scheme, host and port in parts. */
		public URI uri() {
			return URI.create(this.origin);
		}

	}

	/**
	 * Resolves where a request came from and which origin the client asked.
	 * @param peer the address the connection came from
	 * @param origin the origin the request came to, as the connection shows it
	 * @param forwarded the headers {@code Forwarded} and {@code X-Forwarded-*} in order,
	 * each as {@code Name: value}
	 */
	public Source resolve(String peer, String origin, List<String> forwarded) {
		InetAddress address = IpAddress.parse(peer);
		if (address == null) {
			return new Source(peer, origin);
		}
		if (forwarded.isEmpty() || !isProxy(address)) {
			return new Source(address.getHostAddress(), origin);
		}
		ForwardedHeaders headers = ForwardedHeaders.parse(forwarded);
		Source standard = resolve(address, origin, headers.standard());
		Source customary = resolve(address, origin, headers.customary());
		if (headers.standard().isEmpty() || headers.customary().isEmpty()) {
			return headers.standard().isEmpty() ? customary : standard;
		}
		// A proxy that writes the one lets the client's own other one through. Which is
		// which cannot be told, so where they differ neither is believed.
		boolean agree = standard.address().equals(customary.address());
		return new Source(agree ? standard.address() : address.getHostAddress(),
				standard.origin().equals(customary.origin()) ? standard.origin() : origin);
	}

	private Source resolve(InetAddress peer, String origin, List<Hop> hops) {
		InetAddress client = peer;
		String asked = origin;
		for (int i = hops.size() - 1; i >= 0 && isProxy(client); i--) {
			Hop hop = hops.get(i);
			InetAddress node = IpAddress.parseNode(hop.node());
			if (node == null) {
				// "unknown" or "_hidden": the last address that is known counts.
				break;
			}
			client = node;
			asked = external(hop, asked);
		}
		return new Source(client.getHostAddress(), asked);
	}

	private static String external(Hop hop, String origin) {
		int host = origin.indexOf("://") + 3;
		String scheme = isScheme(hop.scheme()) ? hop.scheme() + "://" : origin.substring(0, host);
		boolean named = hop.host() != null && HOST.matcher(hop.host()).matches();
		return scheme + (named ? hop.host() : origin.substring(host));
	}

	private static boolean isScheme(@Nullable String scheme) {
		return "https".equals(scheme) || "http".equals(scheme);
	}

	private boolean isProxy(InetAddress address) {
		for (AddressRange range : this.proxies) {
			if (range.contains(address)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * By what name somebody counts for limits on what connections hold: their network,
	 * see {@link #network}; empty for a trusted proxy, behind which there are many.
	 * @param address the address, as the connection or {@link Source#address()} has it
	 */
	public String holder(String address) {
		InetAddress parsed = IpAddress.parse(address);
		return (parsed == null || isProxy(parsed)) ? "" : IpAddress.network(parsed);
	}

	/** Whether a text is an address. */
	public static boolean isAddress(String text) {
		return IpAddress.parse(text) != null;
	}

	/**
	 * What limits for an address count by: the address, of IPv6 its first 64 bits. One
	 * subscriber has all of these (RFC 6177), so a limit by the whole address would limit
	 * nobody.
	 * @param address as {@link Source#address()} has it
	 */
	public static String network(String address) {
		InetAddress parsed = IpAddress.parse(address);
		return (parsed != null) ? IpAddress.network(parsed) : address;
	}

}
