package dev.usher.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * All clients of one server on one thread, that of the caller: a selector, one read
 * buffer, RFC 6455 by hand. Whoever drives it calls {@link #turn} again and again and
 * publishes in between, so nothing here is locked or handed over.
 */
final class ClientLoop implements AutoCloseable {

	private static final int READ_BUFFER = 1 << 20;

	private final Peer peer;

	private Dialer dialer;

	private final Function<SocketChannel, Wire> wires;

	private final Selector selector;

	private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BUFFER);

	private final ByteBuffer out = ByteBuffer.allocateDirect(2 * FrameWriter.LONGEST_FRAME);

	private final FrameWriter writer;

	private final Set<Connection> connections = new HashSet<>();

	private boolean tolerant;

	private int logins;

	private int failures;

	private @Nullable String failure;

	private long messages;

	private long bytes;

	private @Nullable ObjLongConsumer<Connection> listener;

	/** A loop whose connections are plain TCP. */
	ClientLoop(Peer peer, int port) throws IOException {
		this(peer, port, Wire.Plain::new);
	}

	ClientLoop(Peer peer, int port, Function<SocketChannel, Wire> wires) throws IOException {
		this.peer = peer;
		this.wires = wires;
		this.dialer = new Dialer(port);
		this.selector = Selector.open();
		this.writer = new FrameWriter(this.out, peer.binary());
	}

	/** Counts connections that fail instead of ending the run. */
	void tolerate(boolean tolerant) {
		this.tolerant = tolerant;
	}

	/** Calls back with the stamp of every message from now on; null to only count. */
	void listen(@Nullable ObjLongConsumer<Connection> listener) {
		this.listener = listener;
	}

	/** Opens connections to another server of the same kind from now on. */
	void connectTo(int port) {
		this.dialer = new Dialer(port);
	}

	Peer peer() {
		return this.peer;
	}

	/** Messages received since the start. */
	long messages() {
		return this.messages;
	}

	/** Bytes of all frames received since the start, with their heads. */
	long bytes() {
		return this.bytes;
	}

	/** Connections that were ever logged in. */
	int logins() {
		return this.logins;
	}

	/** Connections that were refused or ended by the server. */
	int failures() {
		return this.failures;
	}

	/** What the first of them was told. */
	@Nullable String failure() {
		return this.failure;
	}

	/** Those that are open, or on their way to it. */
	List<Connection> connections() {
		return List.copyOf(this.connections);
	}

	/** Begins a connection; login and subscription follow by themselves. */
	Connection open(String user, @Nullable String subscription) {
		return open(user, this.peer.login(user), subscription);
	}

	/** The same with a login of one's own. */
	Connection open(String user, byte[] login, @Nullable String subscription) {
		try {
			SocketChannel channel = this.dialer.open(this.connections.size());
			Connection connection = new Connection(this.wires.apply(channel), user, login, subscription);
			channel.register(this.selector, SelectionKey.OP_READ, connection);
			this.connections.add(connection);
			String request = Upgrade.request(this.dialer.port(), this.peer.subprotocol());
			connection.wire.open(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
			return connection;
		}
		catch (IOException ex) {
			throw new BenchmarkException("A connection of " + user + " went at once: " + ex.getMessage(), ex);
		}
	}

	void close(Connection connection) {
		connection.enter(Connection.State.CLOSED);
		this.connections.remove(connection);
		try {
			connection.wire.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Vanishes with all clients at once. */
	void closeAll() {
		Set.copyOf(this.connections).forEach(this::close);
		turn(0);
	}

	/**
	 * Handles what has come.
	 * @param waitMillis how long to wait for something to come, 0 for not at all
	 */
	void turn(long waitMillis) {
		try {
			if (waitMillis == 0) {
				this.selector.selectNow(this::ready);
			}
			else {
				this.selector.select(this::ready, waitMillis);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (this.failures > 0 && !this.tolerant) {
			throw new BenchmarkException("The server ended a connection: " + this.failure);
		}
	}

	/** Turns until something is so; false if it was not within the time. */
	boolean turnUntil(BooleanSupplier done, long limitSeconds) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
		while (!done.getAsBoolean()) {
			if (System.nanoTime() - deadline > 0) {
				return false;
			}
			turn(1);
		}
		return true;
	}

	void send(Connection connection, byte[] payload) {
		this.out.clear();
		this.writer.write(payload);
		writeOut(connection);
	}

	private void writeOut(Connection connection) {
		this.out.flip();
		try {
			connection.wire.write(this.out);
		}
		catch (IOException ex) {
			failed(connection, ex.toString());
			return;
		}
		if (this.out.hasRemaining() || connection.wire.isBehind()) {
			throw new BenchmarkException("The socket of " + connection.user + " does not take a single frame");
		}
	}

	/** A peer saw that the server let this one in. */
	void loggedIn(Connection connection) {
		connection.enter(Connection.State.LOGGED_IN);
		this.logins++;
		if (connection.subscription != null) {
			send(connection, this.peer.subscribe(connection.subscription));
		}
	}

	/** A peer saw a message whose body begins at the given place. */
	void message(Connection connection, ByteBuffer payload, int body) {
		this.messages++;
		if (this.listener != null) {
			this.listener.accept(connection, Peer.stamp(payload, body));
		}
	}

	/** The server does not want this one any more. */
	void failed(Connection connection, String reason) {
		if (connection.isClosed()) {
			return;
		}
		if (connection.isEndExpected()) {
			connection.ended(reason);
			close(connection);
			return;
		}
		this.failures++;
		if (this.failure == null) {
			this.failure = reason;
		}
		close(connection);
	}

	private void ready(SelectionKey key) {
		Connection connection = (Connection) key.attachment();
		this.in.clear();
		byte[] pending = connection.takePending();
		if (pending != null) {
			this.in.put(pending);
		}
		try {
			if (connection.wire.read(this.in) < 0) {
				failed(connection, "closed without a word");
				return;
			}
		}
		catch (IOException ex) {
			failed(connection, ex.toString());
			return;
		}
		int end = this.in.position();
		int done = connection.isInHandshake() ? handshakeAnswer(connection, end) : frames(connection, 0, end);
		if (!connection.isClosed()) {
			if (done == 0 && end == this.in.capacity()) {
				throw new BenchmarkException("A frame is longer than " + READ_BUFFER + " bytes");
			}
			connection.keepPending(this.in, done, end);
		}
	}

	private int handshakeAnswer(Connection connection, int end) {
		byte[] bytes = new byte[Math.min(end, 4096)];
		this.in.get(0, bytes);
		String head = new String(bytes, StandardCharsets.ISO_8859_1);
		int blank = head.indexOf("\r\n\r\n");
		if (blank < 0) {
			return 0;
		}
		if (!Upgrade.isAccepted(head)) {
			failed(connection, head.substring(0, head.indexOf('\r')));
			return end;
		}
		connection.enter(Connection.State.LOGIN);
		send(connection, connection.takeLogin());
		return frames(connection, blank + 4, end);
	}

	/** Handles the whole frames from one place to another; where the next one begins. */
	private int frames(Connection connection, int from, int end) {
		int at = from;
		while (end - at >= 2 && !connection.isClosed()) {
			int head = 2;
			long length = this.in.get(at + 1) & 0x7f;
			if (length == 126) {
				head = 4;
				length = (end - at < head) ? Integer.MAX_VALUE : this.in.getShort(at + 2) & 0xffff;
			}
			else if (length == 127) {
				head = 10;
				length = (end - at < head) ? Integer.MAX_VALUE : this.in.getLong(at + 2);
			}
			if (length > end - at - head) {
				break;
			}
			frame(connection, this.in.get(at) & 0xff, at + head, at + head + (int) length);
			at += head + (int) length;
		}
		this.bytes += at - from;
		return at;
	}

	private void frame(Connection connection, int first, int from, int to) {
		int opcode = first & 0xf;
		if (opcode <= 2) {
			if (!this.peer.binary() && (opcode == 0 || first < 0x80)) {
				throw new BenchmarkException("The server fragments a message, which this client does not follow");
			}
			if (to > from) {
				this.peer.receive(connection, this.in, from, to, this);
			}
		}
		else if (opcode == 8) {
			byte[] reason = new byte[Math.max(0, to - from - 2)];
			this.in.get(Math.min(from + 2, to), reason);
			failed(connection, ((to - from >= 2) ? (this.in.getShort(from) & 0xffff) + " " : "closed ")
					+ new String(reason, StandardCharsets.UTF_8));
		}
		else if (opcode == 9) {
			byte[] payload = new byte[to - from];
			this.in.get(from, payload);
			this.out.clear();
			this.writer.pong(payload);
			writeOut(connection);
		}
	}

	@Override
	public void close() throws IOException {
		closeAll();
		this.selector.close();
	}

}
