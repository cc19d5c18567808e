package dev.usher.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * Opens connections to one server over the loopback, from as many addresses as it takes:
 * one alone has ports for some 28,000.
 */
final class Dialer {

	private static final int FROM_ONE_ADDRESS = 20_000;

	private final InetSocketAddress address;

	Dialer(int port) {
		this.address = new InetSocketAddress("127.0.0.1", port);
	}

	int port() {
		return this.address.getPort();
	}

	/**
	 * Opens one, which does not block.
	 * @param others how many there are
	 * @throws BenchmarkException if the server is not there
	 */
	SocketChannel open(int others) {
		try {
			SocketChannel channel = SocketChannel.open();
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			if (others >= FROM_ONE_ADDRESS) {
				channel.bind(new InetSocketAddress("127.0.0." + (1 + others / FROM_ONE_ADDRESS), 0));
			}
			// Blocking, so that the handshake can be written at once: on loopback it is
			// through as soon as the backlog has a place.
			channel.connect(this.address);
			channel.configureBlocking(false);
			return channel;
		}
		catch (IOException ex) {
			throw new BenchmarkException("Cannot connect to " + this.address + ": " + ex.getMessage(), ex);
		}
	}

}
