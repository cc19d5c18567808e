package dev.usher.bench;

import java.nio.ByteBuffer;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One client of ten thousand: a socket, whose it is and how far it has come. Holds no
 * buffer but for the part of a frame that has not come yet.
 */
final class Connection {

	final Wire wire;

	final String user;

	/** What to subscribe to once logged in, if anything. */
	final @Nullable String subscription;

	/** The payload that logs in; let go of once sent. */
	private byte @Nullable [] login;

	private boolean endExpected;

	private @Nullable String end;

	private State state = State.HANDSHAKE;

	private byte @Nullable [] pending;

	private byte @Nullable [] carry;

	Connection(Wire wire, String user, byte[] login, @Nullable String subscription) {
		this.wire = wire;
		this.user = user;
		this.login = login;
		this.subscription = subscription;
	}

	boolean isInHandshake() {
		return this.state == State.HANDSHAKE;
	}

	boolean isLoggedIn() {
		return this.state == State.LOGGED_IN;
	}

	boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/** The bytes to log in with; forgotten once taken, to save memory. */
	byte[] takeLogin() {
		byte[] bytes = Objects.requireNonNull(this.login);
		this.login = null;
		return bytes;
	}

	/** From here on the server may end it, which is no failure. */
	void expectEnd() {
		this.endExpected = true;
	}

	boolean isEndExpected() {
		return this.endExpected;
	}

	/** What the server said when it ended it as expected, or null. */
	@Nullable String end() {
		return this.end;
	}

	void ended(String reason) {
		this.end = reason;
	}

	void enter(State state) {
		this.state = state;
	}

	/** The beginning of a WebSocket frame that came before; asked for once. */
	byte @Nullable [] takePending() {
		byte[] bytes = this.pending;
		this.pending = null;
		return bytes;
	}

	void keepPending(ByteBuffer buffer, int from, int to) {
		this.pending = copy(buffer, from, to);
	}

	/**
	 * The beginning of a protocol message that came in earlier frames; asked for once.
	 */
	byte @Nullable [] takeCarry() {
		byte[] bytes = this.carry;
		this.carry = null;
		return bytes;
	}

	void carry(ByteBuffer buffer, int from, int to) {
		this.carry = copy(buffer, from, to);
	}

	private static byte @Nullable [] copy(ByteBuffer buffer, int from, int to) {
		if (from == to) {
			return null;
		}
		byte[] bytes = new byte[to - from];
		buffer.get(from, bytes);
		return bytes;
	}

	/**
	 * How far a connection has come.
	 */
	enum State {

		HANDSHAKE, LOGIN, LOGGED_IN, CLOSED

	}

}
