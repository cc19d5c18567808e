package dev.usher.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.eclipse.jetty.util.IteratingCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what is queued into the thread's buffer and writes it with one call. Copying a
 * few hundred bytes costs less than one more entry in a gathering write, and the JDK
 * would copy them all the same. What the peer does not take stays in the queue as it was,
 * and the first frame of it goes out as soon as the peer reads on.
 */
final class OutboundWriter extends IteratingCallback {

	private static final Logger logger = LoggerFactory.getLogger(OutboundWriter.class);

	private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal
		.withInitial(() -> ByteBuffer.allocateDirect(64 * 1024));

	private final WebSocketConnection connection;

	private final OutboundQueue queue;

	private final WebSocketListener listener;

	/** Bytes that Jetty is to write when the peer reads on. */
	private int pending;

	OutboundWriter(WebSocketConnection connection, OutboundQueue queue, WebSocketListener listener) {
		this.connection = connection;
		this.queue = queue;
		this.listener = listener;
	}

	@Override
	protected Action process() throws IOException {
		while (true) {
			this.listener.beforeFlush();
			ByteBuffer buffer = BUFFER.get().clear();
			this.queue.copyTo(buffer);
			if (!buffer.flip().hasRemaining()) {
				this.connection.allWritten();
				return Action.IDLE;
			}
			boolean all = this.connection.getEndPoint().flush(buffer);
			this.listener.onWritten(this.queue.written(buffer.position()));
			if (!all) {
				return waitForPeer();
			}
		}
	}

	private Action waitForPeer() {
		ByteBuffer head = this.queue.head();
		if (head == null) {
			return Action.IDLE;
		}
		this.pending = head.remaining();
		this.listener.onBlocked();
		this.connection.getEndPoint().write(this, head);
		return Action.SCHEDULED;
	}

	@Override
	protected void onSuccess() {
		this.listener.onWritten(this.queue.written(this.pending));
		this.pending = 0;
	}

	@Override
	protected void onFailure(Throwable cause) {
		logger.debug("Write failed", cause);
		this.connection.gone();
	}

	@Override
	public InvocationType getInvocationType() {
		return InvocationType.NON_BLOCKING;
	}

}
