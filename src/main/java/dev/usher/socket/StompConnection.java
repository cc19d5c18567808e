package dev.usher.socket;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.FrameDecoder;
import dev.usher.stomp.FrameEncoder;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import dev.usher.websocket.Handshake;
import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.WebSocket;
import dev.usher.websocket.WebSocketListener;
import org.jspecify.annotations.Nullable;

/**
 * One STOMP session over one WebSocket. Frames are read and take effect on one thread at
 * a time, in order; deliveries, time limits and endings come from any thread.
 */
final class StompConnection implements WebSocketListener {

	private static final byte[] NO_BODY = {};

	/** Where a connection stands; it only ever moves on. */
	enum State {

		/** Nothing but CONNECT is allowed. */
		UNAUTHENTICATED,

		/** CONNECTED was sent. */
		CONNECTED,

		/** The client said DISCONNECT, or was told why it is over. */
		ENDED

	}

	private final String id;

	private final Handshake handshake;

	private final StompGateway gateway;

	private final FrameDecoder decoder;

	private final AtomicReference<State> state = new AtomicReference<>(State.UNAUTHENTICATED);

	private final SubscriptionList subscriptions = new SubscriptionList();

	private final Timekeeper timekeeper;

	/**
	 * Held by whoever feeds the decoder: the thread that reads, or the one that goes on
	 * after a wait.
	 */
	private final Object reading = new Object();

	private @Nullable WebSocket socket;

	private @Nullable Transactions transactions;

	private @Nullable CompletionStage<Caller> verification;

	/** What arrived while a CONNECT waits for an issuer's keys. */
	private @Nullable Backlog backlog;

	private int unauthenticatedBytes;

	private volatile Version version = Version.V1_2;

	private volatile @Nullable Caller caller;

	private volatile boolean hasStoredSubscriptions;

	/**
	 * The thread's batch this connection is in; a stale value costs one flush too many.
	 */
	private @Nullable Flusher dirtyIn;

	StompConnection(String id, Handshake handshake, StompGateway gateway) {
		this.id = id;
		this.handshake = handshake;
		this.gateway = gateway;
		this.decoder = new FrameDecoder(gateway.frameLimits());
		this.timekeeper = new Timekeeper(this, gateway);
	}

	@Override
	public void onOpen(WebSocket socket) {
		this.socket = socket;
		this.gateway.opened(this);
		this.timekeeper.opened();
	}

	@Override
	public void onReadBegin() {
		Flusher.current().begin();
	}

	@Override
	public void onRead(int bytes) {
		this.timekeeper.heard();
		if (this.state.get() == State.UNAUTHENTICATED) {
			this.unauthenticatedBytes += bytes;
			if (this.unauthenticatedBytes > StompGateway.MAX_UNAUTHENTICATED_BYTES) {
				end(Ending.of(Reason.TOO_LARGE, "More than 16 KiB came before CONNECTED."));
			}
		}
	}

	@Override
	public void onPayload(ByteBuffer payload) {
		synchronized (this.reading) {
			if (this.backlog != null) {
				this.backlog.add(payload);
			}
			else {
				read(payload);
			}
		}
	}

	private void read(ByteBuffer payload) {
		while (this.state.get() != State.ENDED) {
			ClientFrame frame;
			try {
				frame = this.decoder.next(payload);
			}
			catch (RefusedException ex) {
				end(Ending.of(ex, null));
				return;
			}
			if (frame == null) {
				return;
			}
			this.gateway.receive(this, frame);
			if (this.backlog != null) {
				this.backlog.add(payload);
				return;
			}
		}
	}

	@Override
	public void onReadComplete() {
		Flusher.current().end();
	}

	/**
	 * Verifies the credentials of CONNECT, once: when a frame is handed in again because
	 * its verification had to wait, this is the one it waited for.
	 */
	CompletionStage<Caller> verification(Supplier<CompletionStage<Caller>> start) {
		CompletionStage<Caller> started = this.verification;
		if (started == null) {
			started = start.get();
			this.verification = started;
		}
		return started;
	}

	/**
	 * Stops reading until the verification is done, then hands the frame in again and
	 * goes on with what came behind it. The deadline of CONNECT goes on.
	 */
	void waitFor(CompletionStage<Caller> verification, ClientFrame frame) {
		this.backlog = new Backlog();
		socket().suspend();
		verification.whenComplete((caller, failure) -> goOn(frame));
	}

	private void goOn(ClientFrame frame) {
		Flusher.current().begin();
		try {
			synchronized (this.reading) {
				Backlog waiting = this.backlog;
				this.backlog = null;
				this.gateway.receive(this, frame);
				if (waiting != null) {
					read(waiting.bytes());
				}
			}
		}
		finally {
			Flusher.current().end();
		}
		socket().resume();
	}

	/** Moves on to CONNECTED; says whether the connection was still there to do so. */
	boolean connect(Caller caller, Version version, HeartBeat heartBeat) {
		this.caller = caller;
		this.version = version;
		this.decoder.version(version);
		this.verification = null;
		if (!this.state.compareAndSet(State.UNAUTHENTICATED, State.CONNECTED)) {
			return false;
		}
		this.gateway.connected(this);
		this.timekeeper.connected(heartBeat);
		return true;
	}

	/** Queues a frame of our own. */
	void send(String command, List<Header> headers) {
		byte[] bytes = FrameEncoder.encode(this.version, command, headers, NO_BODY, OutboundFrame.RESERVE);
		deliver(OutboundFrame.message(bytes, true));
	}

	/** Queues a frame; says whether the connection took it. */
	boolean deliver(OutboundFrame frame) {
		switch (socket().offer(frame)) {
			case QUEUED -> {
				Flusher.current().add(this);
				return true;
			}
			case FULL -> end(Ending.of(Reason.SLOW_CONSUMER));
			case CLOSED -> {
				// Whoever closed it sees to the rest.
			}
		}
		return false;
	}

	/**
	 * Queues a message of a stored destination, beyond the limit if need be: what a
	 * reader asked for is bounded already.
	 */
	boolean deliverStored(OutboundFrame frame) {
		boolean taken = socket().offerAnyway(frame) == WebSocket.Offer.QUEUED;
		if (taken) {
			Flusher.current().add(this);
		}
		return taken;
	}

	@Override
	public void onWritten(long frames) {
		if (this.hasStoredSubscriptions) {
			for (Subscription subscription : this.subscriptions.all()) {
				if (subscription instanceof StoredSubscription stored) {
					stored.written(frames);
				}
			}
		}
	}

	/** From here on stored subscriptions are told what was written. */
	void hasStoredSubscriptions() {
		this.hasStoredSubscriptions = true;
	}

	/** Ends the session because a frame could not take effect. */
	void fail(ClientFrame frame, Throwable failure) {
		this.gateway.fail(this, frame, failure);
	}

	/** Ends the session for a reason, which the client is told before the close. */
	void end(Ending ending) {
		if (this.state.getAndSet(State.ENDED) == State.ENDED) {
			return;
		}
		release();
		WebSocket open = socket();
		OutboundFrame error = ending.errorFrame(this.version);
		int status = ending.reason().closeStatus();
		if (ending.deliversQueued() && open.offer(error) == WebSocket.Offer.QUEUED) {
			open.close(status, ending.reason().code());
		}
		else {
			open.closeNow(error, status, ending.reason().code());
		}
		this.gateway.ended(this, ending.reason());
	}

	/**
	 * Ends the session because the client asked for it; its RECEIPT is queued already.
	 */
	void disconnect(int closeStatus) {
		if (this.state.getAndSet(State.ENDED) != State.ENDED) {
			release();
			socket().close(closeStatus, "");
		}
	}

	@Override
	public void onClosed(int status) {
		this.state.set(State.ENDED);
		release();
		this.gateway.closed(this);
	}

	private void release() {
		this.timekeeper.stop();
		this.subscriptions.endAll();
		this.gateway.released(this);
	}

	@Override
	public void beforeFlush() {
		if (isExpired() && this.state.get() == State.CONNECTED) {
			end(Ending.of(Reason.TOKEN_EXPIRED));
		}
	}

	/** Whether the token has ended; {@code exp} is exact. */
	boolean isExpired() {
		Caller present = this.caller;
		return present != null && this.gateway.clock().millis() >= present.expiresAt().toEpochMilli();
	}

	@Override
	public void onBlocked() {
		this.timekeeper.blocked();
	}

	void flush() {
		this.timekeeper.wrote();
		socket().flush();
	}

	boolean markDirty(Flusher flusher) {
		boolean first = this.dirtyIn != flusher;
		this.dirtyIn = flusher;
		return first;
	}

	void clean(Flusher flusher) {
		if (this.dirtyIn == flusher) {
			this.dirtyIn = null;
		}
	}

	WebSocket socket() {
		WebSocket open = this.socket;
		if (open == null) {
			throw new IllegalStateException("The socket is not open yet");
		}
		return open;
	}

	String id() {
		return this.id;
	}

	Handshake handshake() {
		return this.handshake;
	}

	State state() {
		return this.state.get();
	}

	Version version() {
		return this.version;
	}

	@Nullable Caller caller() {
		return this.caller;
	}

	SubscriptionList subscriptions() {
		return this.subscriptions;
	}

	/** Called on the thread that reads, as only frames know of transactions. */
	Transactions transactions() {
		Transactions open = this.transactions;
		if (open == null) {
			open = new Transactions();
			this.transactions = open;
		}
		return open;
	}

	@Override
	public String toString() {
		return "StompConnection[" + this.id + "]";
	}

}
