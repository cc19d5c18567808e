package dev.usher.socket;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.access.Caller;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.StompConnection.State;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.FrameDecoder;
import dev.usher.stomp.FrameLimits;
import dev.usher.stomp.Version;
import dev.usher.websocket.WebSocket;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of the bytes of one connection and lets them take effect in order. A frame
 * whose credential cannot be verified at once holds up its own connection and no thread.
 */
final class FrameReader {

	/** Bytes; less is not worth the counting. */
	private static final int COUNTED_STEP = 4096;

	private final StompConnection connection;

	private final StompGateway gateway;

	private final FrameDecoder decoder;

	private @Nullable CompletionStage<Caller> verification;

	/** What arrived while a frame waits for its verification; null when none does. */
	private volatile @Nullable Backlog backlog;

	/** What is counted of the part of a frame that is here. */
	private int counted;

	FrameReader(StompConnection connection, StompGateway gateway, FrameLimits limits) {
		this.connection = connection;
		this.gateway = gateway;
		this.decoder = new FrameDecoder(limits);
	}

	/** Names the version that was negotiated. Called while a frame takes effect. */
	void version(Version version) {
		this.decoder.version(version);
	}

	/**
	 * Takes bytes. Called by the thread that reads; locked because the one that goes on
	 * after a wait can come before that thread is through with its buffer.
	 */
	synchronized void accept(ByteBuffer payload) {
		Backlog waiting = this.backlog;
		if (waiting != null) {
			waiting.add(payload);
		}
		else {
			read(payload);
		}
		countHeld();
	}

	/** A client may leave a frame unfinished for as long as it likes. */
	private void countHeld() {
		int held = this.decoder.held();
		if (Math.abs(held - this.counted) >= COUNTED_STEP) {
			this.connection.outlet().holdings().add(held - this.counted);
			this.counted = held;
		}
	}

	private void read(ByteBuffer payload) {
		while (this.connection.state() != State.ENDED && !this.connection.pendingEffects().leaving()) {
			ClientFrame frame;
			try {
				frame = this.decoder.next(payload);
			}
			catch (RefusedException ex) {
				this.connection.end(Ending.of(ex, null));
				return;
			}
			if (frame == null) {
				return;
			}
			this.gateway.receive(this.connection, frame);
			Backlog waiting = this.backlog;
			if (waiting != null) {
				waiting.add(payload);
				return;
			}
		}
	}

	/**
	 * Verifies the credential of the frame at hand, once: when a frame is handed in again
	 * because its verification had to wait, this is the one it waited for.
	 * @return the caller, or null where the frame was put aside until they are known
	 */
	@Nullable Caller verified(ClientFrame frame, Supplier<CompletionStage<Caller>> start) {
		CompletionStage<Caller> started = (this.verification != null) ? this.verification : start.get();
		if (started.toCompletableFuture().isDone()) {
			this.verification = null;
			return Refusals.join(started);
		}
		this.verification = started;
		this.backlog = new Backlog();
		WebSocket socket = this.connection.outlet().socket();
		socket.suspend();
		// Not on the thread that verified: interceptors of others would hold it.
		started.whenComplete((caller, failure) -> socket.execute(() -> goOn(frame)));
		return null;
	}

	/** Whether a frame waits and nothing is read meanwhile. Any thread. */
	boolean isWaiting() {
		return this.backlog != null;
	}

	/**
	 * Hands the frame in again and goes on with what came behind it, on the thread that
	 * reads.
	 */
	private void goOn(ClientFrame frame) {
		Flusher.current().begin();
		try {
			synchronized (this) {
				Backlog waiting = this.backlog;
				// What came meanwhile is read only now.
				this.connection.heard();
				this.backlog = null;
				try {
					this.gateway.receive(this.connection, frame);
					if (waiting != null) {
						accept(waiting.bytes());
					}
				}
				finally {
					resumeUnlessWaiting();
				}
			}
		}
		finally {
			Flusher.current().end();
		}
	}

	/**
	 * The frame handed in again, or one behind it, may wait for a verification of its
	 * own. Within the lock, so that this cannot undo the wait of a frame that the reading
	 * thread hands in meanwhile. Nothing is read by this call itself.
	 */
	private void resumeUnlessWaiting() {
		if (this.backlog == null) {
			this.connection.outlet().socket().resume();
		}
	}

}
