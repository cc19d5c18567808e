package dev.usher.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import dev.usher.thread.ReadingLoop;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's end of a TCP connection. Where it ends with an answer while the client is
 * still sending, its channel is handed to the {@link Lingerer} instead of being closed: a
 * channel that is closed with unread bytes is reset, and the client loses the answer.
 * <p>
 * TLS lies above it, so that the same holds for encrypted connections.
 */
final class LingeringEndPoint extends SocketChannelEndPoint implements ReadingLoop {

	private final ManagedSelector selector;

	private final SelectionKey key;

	private final Lingerer lingerer;

	/** Whether everything that was written has left for the kernel, and was anything. */
	private volatile boolean answered;

	/** Whether some of what was written waits for the client. */
	private volatile boolean waiting;

	/** Since when it waits, or has nothing to write, in nanoseconds of the machine. */
	private volatile long since = System.nanoTime();

	private volatile long written;

	/** Whether nothing but the goodbye of TLS is still to be written. */
	private volatile boolean lastWord;

	private volatile boolean endedByPeer;

	private volatile boolean cut;

	/** What is run when the connection is cut; guarded by this. */
	private List<Runnable> whenCut = List.of();

	private volatile boolean over;

	LingeringEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler,
			Lingerer lingerer) {
		super(channel, selector, key, scheduler);
		this.selector = selector;
		this.key = key;
		this.lingerer = lingerer;
	}

	/** The selector's own thread reads. */
	@Override
	public void execute(Runnable task) {
		this.selector.submit((opened) -> task.run());
	}

	@Override
	public int fill(ByteBuffer buffer) throws IOException {
		int filled = super.fill(buffer);
		if (filled < 0) {
			this.endedByPeer = true;
		}
		return filled;
	}

	@Override
	public boolean flush(ByteBuffer... buffers) throws IOException {
		if (http() == null) {
			return super.flush(buffers);
		}
		long before = BufferUtil.remaining(buffers);
		this.answered = false;
		boolean all = super.flush(buffers);
		this.answered = all;
		this.written += before - BufferUtil.remaining(buffers);
		if (all || !this.waiting) {
			this.since = System.nanoTime();
		}
		boolean waited = this.waiting;
		this.waiting = !all;
		if (all && waited && this.lastWord) {
			// TLS would write it and leave the connection open.
			close();
		}
		return all;
	}

	/** What is written from now on is the goodbye of TLS, and ends the connection. */
	void lastWord() {
		this.lastWord = true;
	}

	/** Whether the goodbye of TLS waits for the client. */
	boolean isEnding() {
		return this.lastWord && this.waiting;
	}

	/** Whether an answer waits for its client to take it. */
	boolean isWaiting() {
		return this.waiting;
	}

	/** Since when it waits, or else since when nothing was written. */
	long since() {
		return this.since;
	}

	/** How many bytes have left. */
	long written() {
		return this.written;
	}

	/** The end point of TCP below an end point. */
	static @Nullable LingeringEndPoint below(EndPoint endPoint) {
		EndPoint below = (endPoint instanceof SslConnection.SslEndPoint secure)
				? secure.getSslConnection().getEndPoint() : endPoint;
		return (below instanceof LingeringEndPoint lingering) ? lingering : null;
	}

	/** Ends the connection of a client that is not owed an answer. */
	static void cut(EndPoint endPoint) {
		LingeringEndPoint below = below(endPoint);
		if (below != null) {
			below.cut();
		}
		else {
			endPoint.close();
		}
	}

	private void cut() {
		List<Runnable> calls;
		synchronized (this) {
			this.cut = true;
			calls = this.whenCut;
			this.whenCut = List.of();
		}
		close();
		calls.forEach(Runnable::run);
	}

	/**
	 * Runs something when the connection of a request is cut before the request
	 * {@link #ended ends}, on the thread that cuts it; now where it was cut already.
	 * Jetty tells nobody who neither reads nor writes.
	 */
	static void whenCut(Request request, Runnable call) {
		LingeringEndPoint below = below(request.getConnectionMetaData().getConnection().getEndPoint());
		if (below != null && !below.willRun(call)) {
			call.run();
		}
	}

	private synchronized boolean willRun(Runnable call) {
		if (!this.cut) {
			this.whenCut = Stream.concat(this.whenCut.stream(), Stream.of(call)).toList();
		}
		return !this.cut;
	}

	/** Forgets what was to be done if the connection of a request were cut. */
	static void ended(Request request) {
		LingeringEndPoint below = below(request.getConnectionMetaData().getConnection().getEndPoint());
		if (below != null) {
			synchronized (below) {
				below.whenCut = List.of();
			}
		}
	}

	/** Whether Jetty's parser reads no more of a connection. */
	static boolean isGivenUp(@Nullable Connection connection) {
		return connection instanceof HttpConnection http && http.getParser().isTerminated();
	}

	/**
	 * Reads no more where Jetty's parser has given up and the answer is on its way: the
	 * next read would end the connection before it.
	 */
	@Override
	protected void needsFillInterest() {
		HttpConnection http = http();
		if (http == null || !isGivenUp(http)) {
			super.needsFillInterest();
		}
		else if (http.getEndPoint().isOutputShutdown()) {
			if (this.answered) {
				close();
			}
			else {
				super.needsFillInterest();
			}
		}
	}

	/**
	 * Time runs against the client, not against a request that is handled: one that takes
	 * as long as the idle timeout would be cut in the middle of its answer.
	 */
	@Override
	protected void onIdleExpired(TimeoutException timeout) {
		if (http() == null || this.waiting || getFillInterest().isInterested()) {
			super.onIdleExpired(timeout);
		}
	}

	/** Jetty's last word; what is left to do is the {@link Lingerer}'s. */
	@Override
	protected void doShutdownOutput() {
		super.doShutdownOutput();
		if (http() != null) {
			close();
		}
	}

	/** Also false while the channel lingers: nothing of it is this end point's then. */
	@Override
	public boolean isOpen() {
		return !this.over && super.isOpen();
	}

	@Override
	public void doClose() {
		this.over = true;
		// A WebSocket says goodbye in frames, and waits for the client's.
		if (this.answered && !this.endedByPeer && !this.cut && http() != null) {
			this.key.cancel();
			this.lingerer.take(getChannel());
			return;
		}
		super.doClose();
	}

	private @Nullable HttpConnection http() {
		Connection connection = getConnection();
		if (connection instanceof SslConnection secure) {
			connection = secure.getSslEndPoint().getConnection();
		}
		return (connection instanceof HttpConnection http) ? http : null;
	}

}
