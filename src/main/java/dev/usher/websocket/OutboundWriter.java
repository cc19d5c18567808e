package dev.usher.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what is queued into the thread's buffer and writes it with one call. Copying a
 * few hundred bytes costs less than one more entry in a gathering write, and the JDK
 * would copy them all the same. What the peer does not take stays in the queue as it was,
 * and the first frame of it goes out as soon as the peer reads on. Any thread may flush;
 * one at a time writes, and looks again for those that came meanwhile.
 */
final class OutboundWriter implements Callback {

	private static final Logger logger = LoggerFactory.getLogger(OutboundWriter.class);

	private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal
		.withInitial(() -> ByteBuffer.allocateDirect(64 * 1024));

	private final WebSocketConnection connection;

	private final EndPoint endPoint;

	/** What the end point writes to, where nothing is between the two. */
	private final @Nullable SocketChannel channel;

	private final OutboundQueue queue;

	private final WebSocketListener listener;

	/** Bytes that Jetty is to write when the peer reads on. */
	private int pending;

	private boolean oneIsDone;

	OutboundWriter(WebSocketConnection connection, EndPoint endPoint, OutboundQueue queue, WebSocketListener listener) {
		this.connection = connection;
		this.endPoint = endPoint;
		this.channel = (endPoint instanceof SocketChannelEndPoint plain) ? plain.getChannel() : null;
		this.queue = queue;
		this.listener = listener;
	}

	void flush() {
		try {
			boolean more = true;
			while (more) {
				more = writeSome();
			}
		}
		catch (IOException | RuntimeException ex) {
			failed(ex);
		}
	}

	/** Says whether to go on. */
	private boolean writeSome() throws IOException {
		this.listener.beforeFlush();
		ByteBuffer buffer = BUFFER.get().clear();
		int bytes = this.queue.claim(buffer);
		if (bytes == 0 && this.queue.isClosed()) {
			this.connection.allWritten();
		}
		if (bytes <= 0) {
			return false;
		}
		boolean all = write(buffer.flip());
		this.listener.onWritten(this.queue.written(buffer.position()));
		return (all) ? this.queue.release() : waitForPeer();
	}

	private boolean write(ByteBuffer buffer) throws IOException {
		if (this.channel == null) {
			return this.endPoint.flush(buffer);
		}
		// Spares what the end point would do to write several buffers.
		this.channel.write(buffer);
		return !buffer.hasRemaining();
	}

	private boolean waitForPeer() {
		ByteBuffer head = this.queue.head();
		if (head == null) {
			return this.queue.release();
		}
		this.pending = head.remaining();
		this.listener.onBlocked();
		this.endPoint.write(this, head);
		return bothAreDone() && this.queue.release();
	}

	@Override
	public void succeeded() {
		this.listener.onWritten(this.queue.written(this.pending));
		if (bothAreDone() && this.queue.release()) {
			flush();
		}
	}

	/**
	 * A write that had to wait ends in two places, on whatever threads: where it was
	 * begun and where it is told to be through. The later of the two goes on.
	 */
	private synchronized boolean bothAreDone() {
		this.oneIsDone = !this.oneIsDone;
		return !this.oneIsDone;
	}

	@Override
	public void failed(Throwable cause) {
		logger.debug("Write failed", cause);
		this.connection.gone();
	}

	@Override
	public InvocationType getInvocationType() {
		return InvocationType.NON_BLOCKING;
	}

}
