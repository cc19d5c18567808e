package dev.usher.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Publishes over a connection of its own. Frames gather in a buffer and leave together
 * when the loop has done its round, as a busy backend would have it.
 */
final class Publisher {

	private static final int BUFFER = 1 << 18;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

	private final byte[] body = FrameWriter.body();

	private final Peer peer;

	private final FrameWriter writer;

	private final Connection connection;

	/** Opens the connection and waits until it is logged in. */
	Publisher(ClientLoop loop) {
		this.peer = loop.peer();
		this.writer = new FrameWriter(this.buffer, this.peer.binary());
		this.connection = loop.open("publisher", null);
		if (!loop.turnUntil(this.connection::isLoggedIn, 30)) {
			throw new BenchmarkException("The publisher was not let in within 30 s");
		}
	}

	/** Whether another frame fits; if not, {@link #flush} first. */
	boolean hasRoom() {
		return this.writer.hasRoom();
	}

	/** Whether the socket has not taken everything yet. */
	boolean isBehind() {
		return this.buffer.position() > 0 || this.connection.wire.isBehind();
	}

	void publish(byte[] destination, long stamp) {
		FrameWriter.stamp(this.body, stamp);
		this.peer.publish(this.writer, destination, this.body);
	}

	void flush() {
		if (!isBehind()) {
			return;
		}
		this.buffer.flip();
		try {
			this.connection.wire.write(this.buffer);
		}
		catch (IOException ex) {
			throw new BenchmarkException("The server ended the publisher's connection: " + ex.getMessage(), ex);
		}
		this.buffer.compact();
	}

	void close(ClientLoop loop) {
		loop.close(this.connection);
	}

}
