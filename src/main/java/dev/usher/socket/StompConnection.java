package dev.usher.socket;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.usher.access.Caller;
import dev.usher.edge.ClientAddress;
import dev.usher.protocol.Reason;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import dev.usher.websocket.SocketSession;
import dev.usher.websocket.WebSocket;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * One STOMP session over one WebSocket. Frames are read and take effect on one thread at
 * a time, in order; deliveries, time limits and endings come from any thread.
 */
final class StompConnection {

	/** Where a connection stands; it only ever moves on. */
	enum State {

		/** Nothing but CONNECT is allowed. */
		UNAUTHENTICATED,

		/** CONNECTED was sent. */
		CONNECTED,

		/** The client said DISCONNECT, or was told why it is over. */
		ENDED

	}

	private final WebSocketSession session;

	private final String remoteAddress;

	/** Gone once it is known who it is: it has credentials, and takes memory. */
	private volatile @Nullable Handshake handshake;

	private final StompGateway gateway;

	private final FrameReader reader;

	private final AtomicReference<State> state = new AtomicReference<>(State.UNAUTHENTICATED);

	private final SubscriptionList subscriptions;

	private final Outlet outlet;

	private final Timekeeper timekeeper;

	private final Throttle throttle;

	private @Nullable Transactions transactions;

	private volatile @Nullable Caller caller;

	private volatile long connectedAt;

	/** What code of extensions has said of this session, and was told. */
	private final SessionData told = new SessionData();

	private final PendingEffects pendingEffects = new PendingEffects();

	/** Whether it counts as one that is not authenticated. */
	private boolean pending;

	/** The client said DISCONNECT, or somebody closed its session. */
	private volatile boolean disconnected;

	/** The socket is gone. */
	private volatile boolean gone;

	StompConnection(WebSocketSession session, Handshake handshake, StompGateway gateway) {
		this.session = session;
		this.remoteAddress = handshake.address();
		this.handshake = handshake;
		this.gateway = gateway;
		this.outlet = new Outlet(gateway, this::end);
		this.subscriptions = new SubscriptionList(this.outlet.holdings());
		this.reader = new FrameReader(this, gateway, gateway.frameLimits());
		this.timekeeper = new Timekeeper(this, gateway);
		this.throttle = new Throttle(gateway.rates(), gateway.wheel().now());
	}

	/** What the socket is to tell. */
	SocketEvents events() {
		return new SocketEvents(this, this.gateway, this.timekeeper, this.throttle);
	}

	/** The handshake is done. */
	void opened(WebSocket socket) {
		this.outlet.open(socket);
		this.timekeeper.opened();
		if (!this.gateway.connections().opened(this)) {
			end(Ending.of(Admission.tooManyPending(), null));
		}
		if (this.gone) {
			// Before it was opened, and then nobody took it off the lists.
			this.gateway.connections().closed(this);
		}
	}

	/** It counts as one that is not authenticated from here on. */
	synchronized void beginPending() {
		this.pending = true;
	}

	/** Its client is to be heard from here on. */
	void heard() {
		this.timekeeper.heard();
	}

	/** Counts a frame against the rate; says whether the connection may go on. */
	boolean countFrame() {
		return !endIfExceeded(this.throttle.frame(this.gateway.wheel().now()));
	}

	/** Ends the session where something is too much; says whether it was. */
	boolean endIfExceeded(@Nullable Reason over) {
		if (over != null) {
			end(new Ending(over, over.message(), null, (over == Reason.OVERLOADED) ? Admission.LATER : null));
		}
		return over != null;
	}

	/** Moves on to CONNECTED; says whether the connection was still there to do so. */
	boolean connect(Caller caller, Version version, HeartBeat heartBeat) {
		this.connectedAt = this.gateway.connectedNow();
		this.caller = caller;
		this.outlet.expiresAt(caller.expiresAt().toEpochMilli());
		this.outlet.version(version);
		this.reader.version(version);
		this.gateway.connections().joined(this, caller);
		if (!this.state.compareAndSet(State.UNAUTHENTICATED, State.CONNECTED)) {
			this.gateway.connections().left(this, caller);
			return false;
		}
		this.handshake = null;
		this.gateway.connections().authenticated(this);
		this.timekeeper.connected(heartBeat);
		return true;
	}

	/** Whether it counted as one that is not authenticated; it does not from here on. */
	synchronized boolean endPending() {
		boolean before = this.pending;
		this.pending = false;
		return before;
	}

	/**
	 * Goes on by a newer token of the same user: its expiry and its permissions count
	 * from here on. What is queued stays queued.
	 */
	void renew(Caller next) {
		synchronized (this.subscriptions) {
			Caller before = this.caller;
			if (this.state.get() != State.CONNECTED || before == null) {
				return;
			}
			this.gateway.connections().moving(this, before, next);
			this.caller = next;
			this.gateway.connections().moved(this, before, next);
			this.outlet.expiresAt(next.expiresAt().toEpochMilli());
		}
		this.timekeeper.renewed();
	}

	/** Sends a frame of our own. */
	void send(String command, List<Header> headers) {
		this.outlet.send(command, headers);
	}

	/** Ends the session because a frame could not take effect. */
	void fail(ClientFrame frame, Throwable failure) {
		this.gateway.fail(this, frame, failure);
	}

	/** Ends the session for a reason, which the client is told before the close. */
	void end(Ending ending) {
		if (!release()) {
			return;
		}
		this.told.closing(ending.reason().closeStatus());
		this.outlet.close(ending);
		this.gateway.ended(this, ending);
	}

	/**
	 * Ends the session without an ERROR, behind what is queued, because the client asked
	 * for it or somebody closed the WebSocket session.
	 */
	void disconnect(CloseStatus status) {
		if (release()) {
			this.disconnected = true;
			this.told.closing(status.getCode());
			this.outlet.close(status);
		}
	}

	/**
	 * The socket is gone.
	 * @param status of the client's close
	 */
	void closed(int status) {
		boolean alive = release();
		this.gone = true;
		this.outlet.closed();
		this.pendingEffects.close();
		this.gateway.connections().closed(this);
		this.gateway.closed(this, status);
		if (alive || this.disconnected) {
			this.gateway.left(this, status);
		}
	}

	/** Gives up what the session holds; says whether it was still there. */
	private boolean release() {
		State before = this.state.getAndSet(State.ENDED);
		if (before == State.ENDED) {
			return false;
		}
		this.timekeeper.stop();
		this.subscriptions.endAll();
		synchronized (this.subscriptions) {
			Caller last = this.caller;
			if (before == State.CONNECTED && last != null) {
				this.gateway.connections().left(this, last);
			}
			this.gateway.connections().released(this);
		}
		return true;
	}

	/** Ends the session because the node holds too much for its clients. */
	void endAsTooSlow() {
		end(this.outlet.tooMuch());
	}

	/** Whether the client said DISCONNECT, or somebody closed its session. */
	boolean isDisconnected() {
		return this.disconnected;
	}

	/** The address limits are counted by. */
	String address() {
		return ClientAddress.network(this.remoteAddress);
	}

	/** The id of the session, of STOMP and of the WebSocket alike. */
	String id() {
		return this.session.getId();
	}

	/** Whether anybody keeps anything with the session. */
	boolean hasAttributes() {
		return this.session instanceof SocketSession own && own.hasAttributes();
	}

	/** What others may keep with the session; asking for it costs memory. */
	Map<String, Object> attributes() {
		return this.session.getAttributes();
	}

	/** The address the client is at. */
	String remoteAddress() {
		return this.remoteAddress;
	}

	/** How it was opened. Before CONNECTED only. */
	Handshake handshake() {
		return Objects.requireNonNull(this.handshake, "It is CONNECTED");
	}

	FrameReader reader() {
		return this.reader;
	}

	PendingEffects pendingEffects() {
		return this.pendingEffects;
	}

	State state() {
		return this.state.get();
	}

	Version version() {
		return this.outlet.version();
	}

	/** The way out. */
	Outlet outlet() {
		return this.outlet;
	}

	@Nullable Caller caller() {
		return this.caller;
	}

	/** Who the caller is as messages and events have it. */
	@Nullable Principal user() {
		Principal own = this.told.principal();
		return (own != null) ? own : this.caller;
	}

	/** Something has begun whose time limit is not to wait for the next look. */
	void lookSoon() {
		this.timekeeper.lookSoon();
	}

	/**
	 * When it became CONNECTED, in microseconds since the epoch; no other has the same.
	 */
	long connectedAt() {
		return this.connectedAt;
	}

	/** What code of extensions has said of this session, and was told. */
	SessionData told() {
		return this.told;
	}

	SubscriptionList subscriptions() {
		return this.subscriptions;
	}

	/** Called on the thread that reads, as only frames know of transactions. */
	Transactions transactions() {
		if (this.transactions == null) {
			this.transactions = new Transactions(this.outlet.holdings());
		}
		return this.transactions;
	}

	@Override
	public String toString() {
		return "StompConnection[" + id() + "]";
	}

}
