package dev.usher.edge;

import java.net.InetAddress;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A range of IP addresses in CIDR notation, or one address.
 */
final class AddressRange {

	private final byte[] network;

	private final int bits;

	private AddressRange(byte[] network, int bits) {
		this.network = network;
		this.bits = bits;
	}

	/**
	 * Parses a range such as {@code 10.0.0.0/8} or a single address. Asks no name
	 * service.
	 * @return the range, or null where the text is neither
	 */
	static @Nullable AddressRange parse(String text) {
		int slash = text.indexOf('/');
		InetAddress address = IpAddress.parse((slash < 0) ? text : text.substring(0, slash));
		if (address == null) {
			return null;
		}
		byte[] network = address.getAddress();
		String length = (slash < 0) ? "" : text.substring(slash + 1);
		if (slash >= 0 && !length.matches("\\d{1,3}")) {
			return null;
		}
		int bits = (slash < 0) ? network.length * 8 : Integer.parseInt(length);
		return (bits <= network.length * 8) ? new AddressRange(network, bits) : null;
	}

	/** An address of the other family is in no range, whatever its bytes. */
	boolean contains(InetAddress address) {
		byte[] bytes = address.getAddress();
		int whole = this.bits / 8;
		if (bytes.length != this.network.length || !Arrays.equals(bytes, 0, whole, this.network, 0, whole)) {
			return false;
		}
		int rest = this.bits % 8;
		return rest == 0 || ((bytes[whole] ^ this.network[whole]) & (0xff00 >> rest) & 0xff) == 0;
	}

}
