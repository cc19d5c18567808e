package dev.usher.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

import org.jspecify.annotations.Nullable;

/**
 * Bytes under TLS, by an engine that runs on the thread of the loop, its delegated tasks
 * included. Holds no buffer but for the part of a record that has not come, or has not
 * left, yet; all connections of a loop share the others.
 */
final class TlsWire implements Wire {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final SocketChannel channel;

	private final SSLEngine engine;

	private final Buffers buffers;

	/** What waits for the end of the handshake. */
	private @Nullable ByteBuffer first;

	/** The beginning of a record that came before. */
	private byte @Nullable [] received;

	/** Records the socket has not taken. */
	private @Nullable ByteBuffer unsent;

	TlsWire(SocketChannel channel, SSLEngine engine, Buffers buffers) {
		this.channel = channel;
		this.engine = engine;
		this.buffers = buffers;
	}

	@Override
	public void open(ByteBuffer first) throws IOException {
		this.first = first;
		this.engine.beginHandshake();
		handshake();
	}

	/** Until then nothing but the first bytes can be given to {@link #write}. */
	boolean isInHandshake() {
		return this.first != null;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		ByteBuffer in = this.buffers.received;
		in.clear();
		if (this.received != null) {
			in.put(this.received);
			this.received = null;
		}
		boolean ended = this.channel.read(in) < 0;
		in.flip();
		int before = target.position();
		ended |= unwrapAll(in, target);
		if (in.hasRemaining() && !ended) {
			this.received = new byte[in.remaining()];
			in.get(this.received);
		}
		int read = target.position() - before;
		return (ended && read == 0) ? -1 : read;
	}

	/** Says whether the peer has ended the stream. */
	private boolean unwrapAll(ByteBuffer in, ByteBuffer target) throws IOException {
		while (in.hasRemaining()) {
			SSLEngineResult result = this.engine.unwrap(in, target);
			switch (result.getStatus()) {
				case BUFFER_UNDERFLOW -> {
					return false;
				}
				case BUFFER_OVERFLOW -> throw new BenchmarkException("A record does not fit into the read buffer");
				case CLOSED -> {
					return true;
				}
				default -> handshake();
			}
		}
		return false;
	}

	/** Does what is ours to do in a handshake, and sends what waited for its end. */
	private void handshake() throws IOException {
		while (true) {
			switch (this.engine.getHandshakeStatus()) {
				case NEED_TASK -> this.engine.getDelegatedTask().run();
				case NEED_WRAP -> wrap(NOTHING);
				case NOT_HANDSHAKING -> {
					if (this.first != null) {
						ByteBuffer waiting = this.first;
						this.first = null;
						write(waiting);
					}
					return;
				}
				default -> {
					return;
				}
			}
		}
	}

	@Override
	public void write(ByteBuffer source) throws IOException {
		if (this.unsent != null) {
			this.channel.write(this.unsent);
			if (this.unsent.hasRemaining()) {
				return;
			}
			this.unsent = null;
		}
		while (source.hasRemaining() && this.unsent == null) {
			wrap(source);
		}
	}

	/** Makes one record and sends it. */
	private void wrap(ByteBuffer source) throws IOException {
		ByteBuffer out = this.buffers.sent;
		out.clear();
		SSLEngineResult result = this.engine.wrap(source, out);
		if (result.getStatus() != SSLEngineResult.Status.OK) {
			throw new IOException("TLS ended: " + result);
		}
		out.flip();
		if (this.unsent == null) {
			this.channel.write(out);
		}
		if (out.hasRemaining()) {
			keepUnsent(out);
		}
	}

	private void keepUnsent(ByteBuffer out) {
		ByteBuffer before = (this.unsent != null) ? this.unsent : NOTHING;
		this.unsent = ByteBuffer.allocate(before.remaining() + out.remaining()).put(before).put(out).flip();
	}

	@Override
	public boolean isBehind() {
		return this.unsent != null;
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	/**
	 * What all connections of one thread use in turn.
	 *
	 * @param received records as they come
	 * @param sent one record on its way out
	 */
	record Buffers(ByteBuffer received, ByteBuffer sent) {

		/** Several of the largest records, fewer bytes than the loop's own buffer. */
		private static final int RECEIVED = 1 << 18;

		private static final int SENT = 1 << 15;

		Buffers() {
			this(ByteBuffer.allocate(RECEIVED), ByteBuffer.allocate(SENT));
		}

	}

}
