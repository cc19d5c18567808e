package dev.usher.websocket;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket on one Jetty connection. Read on the selector's own thread, so that a
 * frame crosses no queue; written by whoever flushes. Between reads and writes it holds
 * no buffer: those belong to the threads.
 */
final class WebSocketConnection extends AbstractConnection.NonBlocking implements Connection.UpgradeTo, WebSocket {

	private static final Logger logger = LoggerFactory.getLogger(WebSocketConnection.class);

	/** The thread's own, empty again when a read is through; never handed on. */
	private static final ThreadLocal<ByteBuffer> READ = ThreadLocal.withInitial(() -> emptyDirect(16 * 1024));

	/** How many reads in a row one connection gets before others have a turn. */
	private static final int READS_IN_A_ROW = 16;

	private final WebSocketListener listener;

	private final OutboundQueue queue;

	private final Inbound inbound;

	private final FrameParser parser;

	private final OutboundWriter writer;

	private final AtomicBoolean closedTold = new AtomicBoolean();

	private final Scheduler scheduler;

	private final WebSocketLimits limits;

	private final boolean deflate;

	private boolean suspended;

	private boolean readStopped;

	private boolean pongQueued;

	private volatile boolean failed;

	/** What would cut a connection whose close is not answered. */
	private volatile Scheduler.@Nullable Task linger;

	private volatile int peerStatus = CloseStatus.ABNORMAL;

	private @Nullable ByteBuffer early;

	WebSocketConnection(EndPoint endPoint, Executor executor, Scheduler scheduler, WebSocketListener listener,
			WebSocketLimits limits, boolean deflate) {
		super(endPoint, executor);
		this.scheduler = scheduler;
		this.listener = listener;
		this.limits = limits;
		this.deflate = deflate;
		this.queue = new OutboundQueue(limits.queuedBytes());
		this.writer = new OutboundWriter(this, endPoint, this.queue, listener);
		this.inbound = new Inbound(this, listener, deflate);
		this.parser = new FrameParser(this.inbound, deflate);
	}

	private static ByteBuffer emptyDirect(int capacity) {
		return ByteBuffer.allocateDirect(capacity).limit(0);
	}

	@Override
	public void onUpgradeTo(ByteBuffer buffer) {
		this.early = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
	}

	@Override
	public void onOpen() {
		super.onOpen();
		// Time limits are the listener's; an idle connection is a healthy one.
		getEndPoint().setIdleTimeout(0);
		this.listener.onOpen(this);
		ByteBuffer first = this.early;
		this.early = null;
		if (first == null || parse(first, first.remaining())) {
			readOn();
		}
	}

	@Override
	public void onFillable() {
		ByteBuffer buffer = READ.get();
		for (int i = 0; i < READS_IN_A_ROW; i++) {
			buffer.position(0).limit(0);
			int filled = fill(buffer);
			if (filled < 0) {
				gone();
				return;
			}
			if (filled == 0) {
				break;
			}
			if (!parse(buffer, filled)) {
				return;
			}
			// A buffer not filled is a socket read empty: spare the call that says so.
			if (filled < buffer.capacity() && !getEndPoint().isSecure()) {
				break;
			}
		}
		readOn();
	}

	private int fill(ByteBuffer buffer) {
		try {
			return getEndPoint().fill(buffer);
		}
		catch (IOException ex) {
			logger.debug("Read failed", ex);
			return -1;
		}
	}

	/** Says whether to read on. */
	private boolean parse(ByteBuffer buffer, int length) {
		this.listener.onReadBegin();
		this.inbound.begin();
		try {
			this.inbound.onRead(length);
			if (!this.failed) {
				this.parser.parse(buffer);
			}
		}
		catch (ProtocolViolationException ex) {
			fail(ex.status(), ex.text());
		}
		catch (RuntimeException ex) {
			logger.warn("A WebSocket listener failed", ex);
			fail(CloseStatus.INTERNAL_ERROR, "");
		}
		finally {
			this.inbound.end();
			this.listener.onReadComplete();
			flushPongs();
		}
		return !this.closedTold.get() && !stopIfSuspended();
	}

	/** What comes from now on cannot be told apart, so it is not looked at. */
	private void fail(int status, String reason) {
		this.failed = true;
		this.inbound.mute();
		close(status, reason);
	}

	private synchronized boolean stopIfSuspended() {
		this.readStopped = this.suspended;
		return this.suspended;
	}

	private void readOn() {
		if (getEndPoint().isOpen()) {
			fillInterested();
		}
		else {
			gone();
		}
	}

	@Override
	public synchronized void suspend() {
		this.suspended = true;
	}

	@Override
	public void resume() {
		boolean stopped;
		synchronized (this) {
			this.suspended = false;
			stopped = this.readStopped;
			this.readStopped = false;
		}
		if (stopped) {
			readOn();
		}
	}

	@Override
	public void onFillInterestedFailed(Throwable cause) {
		gone();
	}

	@Override
	public void onClose(@Nullable Throwable cause) {
		gone();
		super.onClose(cause);
	}

	private OutboundFrame outgoing(OutboundFrame frame) {
		return (this.deflate) ? frame.deflated() : frame;
	}

	@Override
	public Offer offer(OutboundFrame frame) {
		return this.queue.offer(outgoing(frame));
	}

	@Override
	public Offer offerAnyway(OutboundFrame frame) {
		return this.queue.offerAnyway(outgoing(frame));
	}

	@Override
	public void flush() {
		this.writer.flush();
	}

	@Override
	public void close(int status, String reason) {
		if (this.queue.close(OutboundFrame.close(status, reason))) {
			startLinger();
		}
	}

	@Override
	public void closeNow(OutboundFrame last, int status, String reason) {
		if (this.queue.closeNow(outgoing(last), OutboundFrame.close(status, reason))) {
			startLinger();
		}
	}

	/**
	 * Gives the peer a while to take the last frames and to answer the close. The
	 * connection is read on meanwhile: to close it with bytes unread would reset it, and
	 * the peer would lose the frame that says why (RFC 6455, section 7.1.1).
	 */
	private void startLinger() {
		this.inbound.mute();
		this.linger = this.scheduler.schedule(this::gone, this.limits.closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
		flush();
		resume();
	}

	/** The peer's close arrived: answer it, or be done where it is the answer. */
	void onPeerClose(int status) {
		this.peerStatus = (status != 0) ? status : CloseStatus.NONE;
		this.inbound.mute();
		close(status, "");
		if (this.queue.isClosedAndEmpty()) {
			gone();
		}
		else {
			flush();
		}
	}

	void onPing(byte[] payload) {
		// A full queue means that pongs are not what the peer waits for.
		this.pongQueued |= this.queue.offer(OutboundFrame.pong(payload, payload.length)) == Offer.QUEUED;
	}

	private void flushPongs() {
		if (this.pongQueued) {
			this.pongQueued = false;
			flush();
		}
	}

	/** The socket is gone, or had better be. */
	void gone() {
		if (this.closedTold.compareAndSet(false, true)) {
			this.inbound.gone();
			cancelLinger();
			this.queue.discard();
			getEndPoint().close();
			this.listener.onClosed(this.peerStatus);
		}
	}

	/** A connection that is gone must not stay in memory for a task that finds it so. */
	private void cancelLinger() {
		Scheduler.Task task = this.linger;
		if (task != null) {
			task.cancel();
		}
	}

	@Override
	public int queuedBytes() {
		return this.queue.bytes();
	}

	@Override
	public long framesWritten() {
		return this.queue.written();
	}

	@Override
	public long framesQueued() {
		return this.queue.queued();
	}

	@Override
	public SocketAddress remoteAddress() {
		return getEndPoint().getRemoteSocketAddress();
	}

	/** All that was queued has left, the close among it if there is one. */
	void allWritten() {
		if (!this.queue.isClosedAndEmpty()) {
			return;
		}
		if (this.peerStatus != CloseStatus.ABNORMAL) {
			gone();
		}
		else if (this.failed) {
			// Its close could not be read; the end of its stream can.
			getEndPoint().shutdownOutput();
		}
	}

}
