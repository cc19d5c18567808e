package dev.usher.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers what is queued into the thread's buffer and writes it with one call. Copying a
 * few hundred bytes costs less than one more entry in a gathering write, and the JDK
 * would copy them all the same. What the peer does not take stays in the queue as it was.
 * <p>
 * Any thread may write. The claim on the queue lets one at a time do so, and the one that
 * gives it up looks again for those that came meanwhile. So whoever queues a frame and
 * then writes is sure that it leaves: either they get the claim, or the one who has it
 * sees their frame when giving it up. While the peer takes nothing, Jetty has the claim,
 * and its call-back gives it up. No lock is held while anything is written or called.
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

	private final PayloadListener listener;

	/** Bytes that count as written when Jetty says that it is through. */
	private int pending;

	private boolean oneIsDone;

	OutboundWriter(WebSocketConnection connection, EndPoint endPoint, OutboundQueue queue, PayloadListener listener) {
		this.connection = connection;
		this.endPoint = endPoint;
		this.channel = (endPoint instanceof SocketChannelEndPoint plain) ? plain.getChannel() : null;
		this.queue = queue;
		this.listener = listener;
	}

	/** Writes up to one buffer; says whether there is more that could leave now. */
	boolean writeSome() {
		try {
			return writeClaimed();
		}
		catch (IOException | RuntimeException ex) {
			failed(ex);
			return false;
		}
		catch (Error ex) {
			// The claim would never be given up, and the connection wait for ever.
			failed(ex);
			throw ex;
		}
	}

	private boolean writeClaimed() throws IOException {
		ByteBuffer buffer = BUFFER.get().clear();
		int bytes = this.queue.claim(buffer);
		if (bytes == 0 && this.queue.isClosed()) {
			this.connection.allWritten();
		}
		if (bytes <= 0) {
			return false;
		}
		boolean all = write(buffer.flip());
		if (!all) {
			return waitForPeer(buffer.position());
		}
		written(buffer.position());
		return this.queue.release();
	}

	private boolean write(ByteBuffer buffer) throws IOException {
		if (this.channel == null) {
			return this.endPoint.flush(buffer);
		}
		// Spares what the end point would do to write several buffers.
		this.channel.write(buffer);
		return !buffer.hasRemaining();
	}

	/**
	 * Leaves the rest to Jetty, which keeps the claim until its call-back.
	 * @param taken how many bytes the end point took
	 * @return whether it was through at once and there is more
	 */
	private boolean waitForPeer(int taken) {
		ByteBuffer rest = rest(taken);
		if (rest == null) {
			// The connection went meanwhile.
			return this.queue.release();
		}
		this.queue.block();
		this.listener.onBlocked();
		this.endPoint.write(this, rest);
		return bothAreDone() && this.queue.release();
	}

	/**
	 * What Jetty is to write. An end point that encrypts may take bytes, all of them
	 * perhaps, and keep what they became: they have not left, and nobody would send them
	 * on. A write of nothing is how Jetty is asked to; its end is when they have left.
	 */
	private @Nullable ByteBuffer rest(int taken) {
		if (this.channel == null && taken > 0) {
			this.queue.begun(taken);
			this.pending = taken;
			return BufferUtil.EMPTY_BUFFER;
		}
		written(taken);
		ByteBuffer head = this.queue.head();
		this.pending = (head != null) ? head.remaining() : 0;
		return head;
	}

	private void written(int count) {
		this.listener.onWritten(this.queue.written(count));
	}

	@Override
	public void succeeded() {
		try {
			written(this.pending);
			if (bothAreDone() && this.queue.release()) {
				this.listener.onWritable();
			}
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
		catch (Error ex) {
			// As in writeSome.
			failed(ex);
			throw ex;
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
		this.connection.failed(cause);
	}

	@Override
	public InvocationType getInvocationType() {
		return InvocationType.NON_BLOCKING;
	}

}
