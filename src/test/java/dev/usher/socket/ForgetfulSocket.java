package dev.usher.socket;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.WebSocket;

import org.springframework.web.socket.CloseStatus;

/** A socket that takes every frame and is always through with it. */
class ForgetfulSocket implements WebSocket {

	private long frames;

	@Override
	public Offer offer(OutboundFrame frame) {
		this.frames++;
		return Offer.QUEUED;
	}

	@Override
	public Offer offer(OutboundFrame frame, int limit) {
		return offer(frame);
	}

	@Override
	public boolean writeSome() {
		return false;
	}

	@Override
	public void close(CloseStatus status) {
	}

	@Override
	public boolean close(OutboundFrame last, CloseStatus status) {
		return true;
	}

	@Override
	public void closeNow(OutboundFrame last, CloseStatus status) {
	}

	@Override
	public void keepLast(int count) {
	}

	@Override
	public void cut() {
	}

	@Override
	public void suspend() {
	}

	@Override
	public void resume() {
	}

	@Override
	public void execute(Runnable task) {
		task.run();
	}

	@Override
	public int queuedBytes() {
		return 0;
	}

	@Override
	public long framesWritten() {
		return this.frames;
	}

	@Override
	public long framesQueued() {
		return this.frames;
	}

	@Override
	public SocketAddress remoteAddress() {
		return InetSocketAddress.createUnresolved("localhost", 1);
	}

}
