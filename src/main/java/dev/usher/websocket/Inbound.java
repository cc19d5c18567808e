package dev.usher.websocket;

import java.nio.ByteBuffer;

import dev.usher.protocol.Utf8Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What becomes of the frames that were read: text is checked, deflated messages are
 * inflated, the rest goes to the listener. Muted once the connection is closing: what a
 * peer sends after a close is read and forgotten.
 */
final class Inbound implements FrameParser.Sink {

	private final WebSocketConnection connection;

	private final PayloadListener listener;

	private final @Nullable PerMessageDeflate deflate;

	private final Utf8Validator utf8 = new Utf8Validator();

	private volatile boolean muted;

	private boolean reading;

	private boolean gone;

	Inbound(WebSocketConnection connection, PayloadListener listener, boolean deflate) {
		this.connection = connection;
		this.listener = listener;
		this.deflate = (deflate) ? new PerMessageDeflate() : null;
	}

	void mute() {
		this.muted = true;
	}

	/** Something is about to be parsed. */
	synchronized void begin() {
		this.reading = true;
	}

	/** It was parsed. */
	synchronized void end() {
		this.reading = false;
		releaseIfUnused();
	}

	/**
	 * The connection is gone, which any thread may find. The inflater belongs to the one
	 * that reads, so if there is one, it lets go of it.
	 */
	synchronized void gone() {
		this.muted = true;
		this.gone = true;
		releaseIfUnused();
	}

	private void releaseIfUnused() {
		if (this.gone && !this.reading && this.deflate != null) {
			this.deflate.release();
		}
	}

	void onRead(int bytes) {
		if (!this.muted) {
			this.listener.onRead(bytes);
		}
	}

	@Override
	public void onData(byte[] bytes, int from, int to, boolean compressed, boolean text, boolean last) {
		if (this.muted) {
			return;
		}
		if (compressed && this.deflate != null) {
			this.deflate.inflate(bytes, from, to, last, (inflated, length, end) -> {
				// What a small message swells to counts like what was sent.
				onRead(length);
				deliver(inflated, 0, length, text, end);
			});
		}
		else {
			deliver(bytes, from, to, text, last);
		}
	}

	private void deliver(byte[] bytes, int from, int to, boolean text, boolean last) {
		if (text && (!this.utf8.accept(bytes, from, to) || (last && !this.utf8.isComplete()))) {
			throw new ProtocolViolationException(CloseStatus.BAD_DATA, "A text message is not UTF-8.");
		}
		if (to > from && !this.muted) {
			this.listener.onPayload(ByteBuffer.wrap(bytes, from, to - from));
		}
	}

	@Override
	public void onPing(byte[] payload) {
		if (!this.muted) {
			this.connection.onPing(payload);
			this.listener.onPing();
		}
	}

	@Override
	public void onClose(int status) {
		this.connection.onPeerClose(status);
	}

}
