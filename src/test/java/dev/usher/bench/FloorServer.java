package dev.usher.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * What no server can do with less: one thread that writes a message of the same bytes to
 * one socket after the other, one write each, as often as its publisher orders. Knows
 * nothing of users, protocols or threads.
 */
public final class FloorServer {

	private static final int BACKLOG = 1024;

	private static final int MEDIUM_LENGTH = 126;

	private FloorServer() {
	}

	/**
	 * Serves as many receivers as are told, who connect first, and then one publisher,
	 * until that one leaves.
	 * @param arguments the port, the number of receivers
	 */
	public static void main(String[] arguments) throws IOException {
		InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0]));
		try (ServerSocketChannel server = ServerSocketChannel.open().bind(address, BACKLOG)) {
			SocketChannel[] receivers = new SocketChannel[Integer.parseInt(arguments[1])];
			for (int i = 0; i < receivers.length; i++) {
				receivers[i] = accept(server);
			}
			try (SocketChannel publisher = accept(server)) {
				serve(publisher, receivers);
			}
		}
	}

	private static SocketChannel accept(ServerSocketChannel server) throws IOException {
		ByteBuffer request = ByteBuffer.allocate(4096);
		SocketChannel channel = server.accept();
		// One that only looked whether this listens has gone without a word.
		while (channel.read(request) < 0) {
			channel.close();
			channel = server.accept();
		}
		channel.write(StandardCharsets.US_ASCII.encode(Upgrade.ANSWER));
		channel.write(frame("CONNECTED\n\n\0".getBytes(StandardCharsets.US_ASCII)));
		return channel;
	}

	private static void serve(SocketChannel publisher, SocketChannel[] receivers) throws IOException {
		ByteBuffer message = frame(FloorPeer.message());
		ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
		read(publisher, in, FloorPeer.ORDER_LENGTH);
		int next = 0;
		while (true) {
			for (int orders = in.position() / FloorPeer.ORDER_LENGTH; orders > 0; orders--) {
				message.rewind();
				receivers[next].write(message);
				next = (next + 1) % receivers.length;
			}
			in.position(in.position() % FloorPeer.ORDER_LENGTH);
			if (publisher.read(in) < 0) {
				return;
			}
		}
	}

	/** The login, which is as long as an order and is none. */
	private static void read(SocketChannel channel, ByteBuffer in, int length) throws IOException {
		in.limit(length);
		while (in.hasRemaining()) {
			if (channel.read(in) < 0) {
				throw new EOFException();
			}
		}
		in.clear();
	}

	/** A frame of RFC 6455 as a server writes it. */
	private static ByteBuffer frame(byte[] payload) {
		ByteBuffer frame = ByteBuffer.allocateDirect(payload.length + 4);
		frame.put((byte) 0x81);
		if (payload.length < MEDIUM_LENGTH) {
			frame.put((byte) payload.length);
		}
		else {
			frame.put((byte) MEDIUM_LENGTH).putShort((short) payload.length);
		}
		return frame.put(payload).flip();
	}

}
