package dev.usher.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The bytes of one connection as its protocol sees them, with or without TLS below. For
 * the thread of the {@link ClientLoop} alone; the socket does not block.
 */
interface Wire {

	/**
	 * Sends the first bytes, as soon as that is possible.
	 * @throws IOException if the connection is gone, as from all methods here
	 */
	void open(ByteBuffer first) throws IOException;

	/**
	 * Reads what has come.
	 * @return how many bytes, 0 for none yet, less at the end of the stream
	 */
	int read(ByteBuffer target) throws IOException;

	/** Writes what the socket takes; the rest stays in the buffer. */
	void write(ByteBuffer source) throws IOException;

	/** Whether bytes that left their buffer have not left for the socket yet. */
	boolean isBehind();

	/** Vanishes without a word. */
	void close() throws IOException;

	/**
	 * Bytes as they are.
	 */
	record Plain(SocketChannel channel) implements Wire {

		@Override
		public void open(ByteBuffer first) throws IOException {
			this.channel.write(first);
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			return this.channel.read(target);
		}

		@Override
		public void write(ByteBuffer source) throws IOException {
			this.channel.write(source);
		}

		@Override
		public boolean isBehind() {
			return false;
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

}
