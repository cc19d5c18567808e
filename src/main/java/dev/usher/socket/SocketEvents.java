package dev.usher.socket;

import java.nio.ByteBuffer;

import dev.usher.websocket.WebSocket;
import dev.usher.websocket.WebSocketListener;

/**
 * What the socket of one connection tells: a frame comes in here. Bytes are counted and
 * become frames; what they lead to leaves when all that was read has taken effect.
 */
final class SocketEvents implements WebSocketListener {

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
	public void onClosed(int status) {
		this.connection.closed(status);
	}

}
