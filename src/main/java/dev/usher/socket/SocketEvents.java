package dev.usher.socket;

import java.nio.ByteBuffer;
import java.security.Principal;

import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.PayloadListener;
import dev.usher.websocket.WebSocket;
import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What the socket of one connection tells: a frame comes in here. Bytes are counted and
 * become frames; what they lead to leaves when all that was read has taken effect.
 */
final class SocketEvents implements PayloadListener {

	private final StompConnection connection;

	private final StompGateway gateway;

	private final Timekeeper timekeeper;

	private final Throttle throttle;

	SocketEvents(StompConnection connection, StompGateway gateway, Timekeeper timekeeper, Throttle throttle) {
		this.connection = connection;
		this.gateway = gateway;
		this.timekeeper = timekeeper;
		this.throttle = throttle;
	}

	/** Takes a whole message, from outside of a read. */
	void take(ByteBuffer message) {
		onReadBegin();
		try {
			onRead(message.remaining());
			onPayload(message);
		}
		finally {
			onReadComplete();
		}
	}

	@Override
	public void onOpen(WebSocket socket) {
		this.connection.opened(socket);
	}

	@Override
	public void onReadBegin() {
		Flusher.current().begin();
	}

	@Override
	public void onRead(int bytes) {
		this.timekeeper.heard();
		this.connection.endIfExceeded(this.throttle.read(bytes, this.connection.state(), this.gateway.wheel().now()));
	}

	@Override
	public void onPing() {
		this.connection.countFrame();
	}

	@Override
	public void onPayload(ByteBuffer payload) {
		this.connection.reader().accept(payload);
	}

	@Override
	public void onReadComplete() {
		Flusher.current().end();
		this.gateway.memory().relieve();
	}

	@Override
	public void onWritable() {
		this.connection.outlet().flushSoon();
	}

	@Override
	public void onWritten(long frames) {
		this.connection.outlet().written(frames);
	}

	@Override
	public void onBlocked() {
		this.timekeeper.blocked();
		this.connection.outlet().blocked();
	}

	@Override
	public Offer onSend(OutboundFrame frame) {
		return this.connection.outlet().send(frame);
	}

	@Override
	public void onCloseAsked(CloseStatus status) {
		this.connection.disconnect(status);
	}

	@Override
	public @Nullable Principal principal() {
		return this.connection.user();
	}

	@Override
	public void onBroken(Throwable failure) {
		this.gateway.fail(this.connection, failure);
	}

	@Override
	public void onClosed(int status) {
		this.connection.closed(status);
	}

}
