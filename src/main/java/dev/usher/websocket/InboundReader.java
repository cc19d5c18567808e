package dev.usher.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what has arrived on a connection, and has it parsed. One for each thread that
 * reads, which has the buffer, so that a connection holds none between two turns.
 */
final class InboundReader {

	private static final Logger logger = LoggerFactory.getLogger(InboundReader.class);

	/** How many bytes one connection has read before others have a turn. */
	private static final int TURN_BYTES = 256 * 1024;

	/** The same in reads, of which each may bring a few bytes only. */
	private static final int TURN_READS = 128;

	private static final ThreadLocal<InboundReader> CURRENT = ThreadLocal.withInitial(InboundReader::new);

	/** Empty again when a read is through; never handed on. */
	private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024).limit(0);

	private InboundReader() {
	}

	/** The calling thread's own. */
	static InboundReader current() {
		return CURRENT.get();
	}

	/**
	 * Reads until nothing is left or it has been enough. The listener's turn ends then
	 * and not after each read: over TLS a read gives one record, of one small frame
	 * perhaps, and to flush after each would cost more than all the rest.
	 * @return whether to wait for more
	 */
	boolean read(WebSocketConnection connection, PayloadListener listener) {
		boolean secure = connection.getEndPoint().isSecure();
		int bytes = 0;
		int unflushed = 0;
		for (int i = 0; i < TURN_READS && bytes < TURN_BYTES; i++) {
			if (unflushed >= this.buffer.capacity()) {
				// What one connection sends fast must not hold up those it sends to.
				listener.onReadComplete();
				listener.onReadBegin();
				unflushed = 0;
			}
			int filled = fill(connection);
			if (filled < 0) {
				connection.gone();
				return false;
			}
			if (filled == 0) {
				return true;
			}
			if (!connection.parse(this.buffer, filled)) {
				return false;
			}
			// A buffer not filled is a socket read empty: spare the call that says so.
			if (filled < this.buffer.capacity() && !secure) {
				return true;
			}
			bytes += filled;
			unflushed += filled;
		}
		return true;
	}

	private int fill(WebSocketConnection connection) {
		try {
			return connection.getEndPoint().fill(this.buffer.position(0).limit(0));
		}
		catch (IOException ex) {
			logger.debug("Read failed", ex);
			connection.failed(ex);
			return -1;
		}
	}

}
