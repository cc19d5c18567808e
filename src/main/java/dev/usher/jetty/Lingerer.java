package dev.usher.jetty;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import dev.usher.thread.FailureLog;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps connections that were answered while their client was still sending, until the
 * client has the answer: it reads what comes and throws it away. To close at once would
 * reset them (RFC 9112, section 9.6). One thread serves all of them.
 * <p>
 * Nobody gains by lingering: a connection may do so for some seconds and some bytes, an
 * address and the node have a number of them at once, beyond which the oldest is closed,
 * and all together are read no faster than {@link #BYTES_PER_SECOND}.
 */
final class Lingerer extends AbstractLifeCycle {

	private static final Logger logger = LoggerFactory.getLogger(Lingerer.class);

	/** A tenth of what one core reads. */
	private static final long BYTES_PER_SECOND = 256 * 1024 * 1024;

	private static final long TICK_MILLIS = 500;

	private static final int BUFFER = 64 * 1024;

	private final FailureLog failures = new FailureLog(logger, "A refused connection could not linger");

	private final Limits limits;

	private final Function<InetAddress, String> holders;

	private final Queue<SocketChannel> arriving = new ConcurrentLinkedQueue<>();

	/** All that linger, the oldest first. Used by the thread alone, as all below. */
	private final Set<Lingering> all = new LinkedHashSet<>();

	private final Map<String, Set<Lingering>> byHolder = new HashMap<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

	private volatile Selector selector;

	/**
	 * @param limits how many connections linger and for how long
	 * @param holders the name an address is counted by; empty for one that is not counted
	 * @throws IOException where the system gives no selector
	 */
	Lingerer(Limits limits, Function<InetAddress, String> holders) throws IOException {
		this.limits = limits;
		this.holders = holders;
		this.selector = Selector.open();
	}

	@Override
	protected void doStart() throws IOException {
		if (!this.selector.isOpen()) {
			this.selector = Selector.open();
		}
		Thread thread = new Thread(this::run, "http-linger");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	protected void doStop() {
		this.selector.wakeup();
	}

	/** Takes over a channel that no other selector serves any more. Any thread. */
	void take(SocketChannel channel) {
		if (!isRunning() || !this.selector.isOpen()) {
			IO.close(channel);
			return;
		}
		try {
			// What was written leaves first; then the client knows that this is all.
			channel.shutdownOutput();
			this.arriving.add(channel);
			this.selector.wakeup();
		}
		catch (IOException ex) {
			IO.close(channel);
		}
	}

	private void run() {
		try {
			while (isRunning() || isStarting()) {
				survive();
			}
		}
		catch (IOException ex) {
			logger.error("Refused connections cannot linger any more", ex);
		}
		finally {
			List.copyOf(this.all).forEach(this::close);
			this.arriving.forEach(IO::close);
			IO.close(this.selector);
		}
	}

	/** Were this thread to end, each connection that is refused would stay open. */
	private void survive() throws IOException {
		try {
			turn();
		}
		catch (RuntimeException | Error ex) {
			this.failures.note(ex);
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
		}
	}

	private void turn() throws IOException {
		this.selector.select(TICK_MILLIS);
		for (SocketChannel channel = this.arriving.poll(); channel != null; channel = this.arriving.poll()) {
			arrive(channel);
		}
		long read = 0;
		for (SelectionKey key : this.selector.selectedKeys()) {
			read += read((Lingering) key.attachment());
		}
		this.selector.selectedKeys().clear();
		closeLate(System.nanoTime());
		LockSupport.parkNanos(read * TimeUnit.SECONDS.toNanos(1) / BYTES_PER_SECOND);
	}

	private void arrive(SocketChannel channel) {
		try {
			InetAddress address = channel.socket().getInetAddress();
			String holder = (address != null) ? this.holders.apply(address) : "";
			Lingering lingering = new Lingering(channel, holder);
			channel.register(this.selector, SelectionKey.OP_READ, lingering);
			this.all.add(lingering);
			Set<Lingering> others = this.byHolder.computeIfAbsent(holder, (key) -> new LinkedHashSet<>());
			others.add(lingering);
			if (!holder.isEmpty() && others.size() > this.limits.mostOfHolder()) {
				close(others.iterator().next());
			}
			if (this.all.size() > this.limits.most()) {
				close(this.all.iterator().next());
			}
		}
		catch (IOException ex) {
			IO.close(channel);
		}
		catch (RuntimeException | Error ex) {
			IO.close(channel);
			throw ex;
		}
	}

	/** Reads once, so that each has its turn. */
	private int read(Lingering lingering) {
		try {
			this.buffer.clear();
			int read = lingering.channel.read(this.buffer);
			lingering.bytes += Math.max(0, read);
			lingering.heardAt = System.nanoTime();
			if (read < 0 || lingering.bytes > this.limits.bytes()) {
				close(lingering);
			}
			return Math.max(0, read);
		}
		catch (IOException | CancelledKeyException ex) {
			close(lingering);
			return 0;
		}
	}

	private void closeLate(long now) {
		List<Lingering> late = new ArrayList<>();
		for (Lingering lingering : this.all) {
			if (now - lingering.since > this.limits.longest().toNanos()
					|| now - lingering.heardAt > this.limits.silence().toNanos()) {
				late.add(lingering);
			}
		}
		late.forEach(this::close);
	}

	private void close(Lingering lingering) {
		IO.close(lingering.channel);
		this.all.remove(lingering);
		Set<Lingering> others = this.byHolder.get(lingering.holder);
		if (others != null) {
			others.remove(lingering);
			if (others.isEmpty()) {
				this.byHolder.remove(lingering.holder);
			}
		}
	}

	/**
	 * How long and how many.
	 *
	 * @param most how many connections at once
	 * @param mostOfHolder how many of them of one address
	 * @param longest how long one, whatever it sends
	 * @param silence how long without a byte
	 * @param bytes how much is read of one
	 */
	record Limits(int most, int mostOfHolder, Duration longest, Duration silence, long bytes) {

		/**
		 * The times are those of nginx: a slow phone sends 5 MB in the longer one. The
		 * bytes are many times the largest request that is taken.
		 */
		static final Limits USUAL = new Limits(1024, 64, Duration.ofSeconds(30), Duration.ofSeconds(5),
				64 * 1024 * 1024);

	}

	/**
	 * A connection that was refused and whose remaining input is read and thrown away.
	 */
	private static final class Lingering {

		private final SocketChannel channel;

		private final String holder;

		private final long since = System.nanoTime();

		private long heardAt = this.since;

		private long bytes;

		private Lingering(SocketChannel channel, String holder) {
			this.channel = channel;
			this.holder = holder;
		}

	}

}
