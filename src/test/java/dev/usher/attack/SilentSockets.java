package dev.usher.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Many sockets of one attacker, who needs no thread for them: each sends its bytes and
 * reads nothing. Loopback lends it as many addresses as it likes.
 */
final class SilentSockets implements AutoCloseable {

	private final List<SocketChannel> sockets = new ArrayList<>();

	private final int port;

	private final int receiveBuffer;

	private final IntFunction<String> addresses;

	SilentSockets(int port, int receiveBuffer, IntFunction<String> addresses) {
		this.port = port;
		this.receiveBuffer = receiveBuffer;
		this.addresses = addresses;
	}

	/** All of 127.7.0.0/16 in turn. */
	static String scattered(int number) {
		return "127.7." + number / 250 % 250 + "." + (1 + number % 250);
	}

	/** Opens sockets that each send as much as is taken. */
	void open(int number, byte[] bytes) {
		open(number, (i) -> bytes);
	}

	/** The same where each has bytes of its own. */
	void open(int number, IntFunction<byte[]> bytes) {
		for (int i = 0; i < number; i++) {
			try {
				SocketChannel socket = SocketChannel.open();
				socket.socket().setReceiveBufferSize(this.receiveBuffer);
				socket.bind(new InetSocketAddress(InetAddress.getByName(this.addresses.apply(i)), 0));
				socket.connect(new InetSocketAddress("127.0.0.1", this.port));
				socket.configureBlocking(false);
				this.sockets.add(socket);
				socket.write(ByteBuffer.wrap(bytes.apply(i)));
			}
			catch (IOException ex) {
				// It was cut at once; the next may get in.
			}
		}
	}

	/** Sends one more byte on each, as far as it is taken. */
	void trickle(int value) {
		for (SocketChannel socket : this.sockets) {
			try {
				socket.write(ByteBuffer.wrap(new byte[] { (byte) value }));
			}
			catch (IOException ex) {
				// It was cut, which uncut() finds too.
			}
		}
	}

	/** How many the other side has not cut. What it sent on these is thrown away. */
	long uncut() {
		return this.sockets.stream().filter(SilentSockets::isUncut).count();
	}

	private static boolean isUncut(SocketChannel socket) {
		ByteBuffer thrownAway = ByteBuffer.allocate(8192);
		try {
			int count = socket.read(thrownAway);
			while (count > 0) {
				count = socket.read(thrownAway.clear());
			}
			return count == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** Cuts all of them. */
	@Override
	public void close() {
		for (SocketChannel socket : this.sockets) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		this.sockets.clear();
	}

}
