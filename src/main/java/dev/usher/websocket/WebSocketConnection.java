package dev.usher.websocket;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * One WebSocket on one Jetty connection. Read on the selector's own thread, so that a
 * frame crosses no queue; written by whoever flushes. Between reads and writes it holds
 * no buffer: those belong to the threads.
 */
final class WebSocketConnection extends AbstractConnection.NonBlocking implements Connection.UpgradeTo, WebSocket {

	private final SocketSession session;

	private final PayloadListener listener;

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

	/** A pong or a close of our own is queued. */
	private boolean controlQueued;

	/** With what this side ended a connection that cannot be read any more. */
	private volatile @Nullable CloseStatus failure;

	/** Cuts a connection whose close is not answered; it keeps that in memory. */
	private volatile Scheduler.@Nullable Task linger;

	private volatile CloseStatus peerStatus = CloseStatus.NO_CLOSE_FRAME;

	private @Nullable ByteBuffer early;

	WebSocketConnection(EndPoint endPoint, Executor executor, Scheduler scheduler, SocketSession session,
			PayloadListener listener, WebSocketLimits limits, boolean deflate, HeldBytes held) {
		super(endPoint, executor);
		this.session = session;
		this.scheduler = scheduler;
		this.listener = listener;
		this.limits = limits;
		this.deflate = deflate;
		this.queue = new OutboundQueue(limits.queuedBytes(), held);
		this.writer = new OutboundWriter(this, endPoint, this.queue, listener);
		this.inbound = new Inbound(this, listener, deflate);
		this.parser = new FrameParser(this.inbound, deflate);
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
		this.session.opened();
		ByteBuffer first = this.early;
		this.early = null;
		if (first == null || handOver(() -> parse(first, first.remaining()))) {
			readOn();
		}
	}

	@Override
	public void onFillable() {
		if (handOver(() -> InboundReader.current().read(this, this.listener))) {
			readOn();
		}
	}

	/**
	 * Lets the listener know where reading begins and ends. An Error ends the connection,
	 * because nobody would read it any more.
	 */
	private boolean handOver(BooleanSupplier reading) {
		this.listener.onReadBegin();
		try {
			return reading.getAsBoolean();
		}
		catch (Error ex) {
			gone();
			throw ex;
		}
		finally {
			this.listener.onReadComplete();
		}
	}

	/** Says whether to read on. */
	boolean parse(ByteBuffer buffer, int length) {
		this.inbound.begin();
		try {
			this.inbound.onRead(length);
			if (this.failure == null) {
				this.parser.parse(buffer);
			}
		}
		catch (ProtocolViolationException ex) {
			fail(ex.status());
		}
		catch (RuntimeException ex) {
			this.session.broken(ex);
			fail(CloseStatus.SERVER_ERROR);
		}
		finally {
			this.inbound.end();
			writeControl();
		}
		return !this.closedTold.get() && !stopIfSuspended();
	}

	/** What comes from now on cannot be told apart, so it is not looked at. */
	private void fail(CloseStatus status) {
		this.failure = status;
		this.inbound.mute();
		close(status);
		this.controlQueued = true;
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
	public void execute(Runnable task) {
		ReadingTurn.take(this, task);
	}

	@Override
	public void onFillInterestedFailed(Throwable cause) {
		failed(cause);
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
	public Offer offer(OutboundFrame frame, int limit) {
		return this.queue.offer(outgoing(frame), limit);
	}

	@Override
	public boolean writeSome() {
		return this.writer.writeSome();
	}

	@Override
	public void close(CloseStatus status) {
		lingerIf(this.queue.close(OutboundFrame.close(status)));
	}

	@Override
	public boolean close(OutboundFrame last, CloseStatus status) {
		return lingerIf(this.queue.close(outgoing(last), OutboundFrame.close(status)));
	}

	@Override
	public void closeNow(OutboundFrame last, CloseStatus status) {
		lingerIf(this.queue.closeNow(outgoing(last), OutboundFrame.close(status)));
	}

	@Override
	public void keepLast(int count) {
		this.queue.keepLast(count);
	}

	/**
	 * Gives the peer a while to take the last frames and to answer the close. The
	 * connection is read on meanwhile: to close it with bytes unread would reset it, and
	 * the peer would lose the frame that says why (RFC 6455, section 7.1.1).
	 */
	private boolean lingerIf(boolean closed) {
		if (closed) {
			this.inbound.mute();
			this.linger = this.scheduler.schedule(this::gone, this.limits.closeTimeout().toMillis(),
					TimeUnit.MILLISECONDS);
			resume();
		}
		return closed;
	}

	/** The peer's close arrived: answer it, or be done where it is the answer. */
	void onPeerClose(int status) {
		this.peerStatus = new CloseStatus(status);
		this.inbound.mute();
		close(this.peerStatus);
		if (this.queue.isClosedAndEmpty()) {
			gone();
		}
		else {
			this.controlQueued = true;
		}
	}

	void onPing(byte[] payload) {
		// A full queue means that pongs are not what the peer waits for.
		this.controlQueued |= this.queue.offer(OutboundFrame.pong(payload, payload.length)) == Offer.QUEUED;
	}

	private void writeControl() {
		if (this.controlQueued) {
			this.controlQueued = false;
			this.listener.onWritable();
		}
	}

	void failed(Throwable cause) {
		if (!this.closedTold.get()) {
			this.session.failed(cause);
		}
		gone();
	}

	@Override
	public void cut() {
		gone();
	}

	/** The socket is gone, or had better be. */
	void gone() {
		if (this.closedTold.compareAndSet(false, true)) {
			this.inbound.gone();
			Scheduler.Task task = this.linger;
			if (task != null) {
				task.cancel();
			}
			this.queue.discard();
			getEndPoint().close();
			CloseStatus status = Objects.requireNonNullElse(this.failure, this.peerStatus);
			this.listener.onClosed(status.getCode());
			this.session.closed(status);
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

	boolean isOpen() {
		return !this.closedTold.get() && !this.queue.isClosed();
	}

	boolean isDeflating() {
		return this.deflate;
	}

	WebSocketLimits limits() {
		return this.limits;
	}

	@Override
	public SocketAddress remoteAddress() {
		return getEndPoint().getRemoteSocketAddress();
	}

	/** All that was queued has left, the close among it if there is one. */
	void allWritten() {
		boolean closed = this.queue.isClosedAndEmpty();
		if (closed && this.peerStatus != CloseStatus.NO_CLOSE_FRAME) {
			gone();
		}
		else if (closed && this.failure != null) {
			// Its close could not be read; the end of its stream can.
			getEndPoint().shutdownOutput();
		}
	}

}
