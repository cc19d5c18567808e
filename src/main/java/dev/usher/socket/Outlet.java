package dev.usher.socket;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.usher.inbox.Inbox;
import dev.usher.protocol.Reason;
import dev.usher.stomp.FrameEncoder;
import dev.usher.stomp.Header;
import dev.usher.stomp.Version;
import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.WebSocket;
import dev.usher.websocket.WebSocket.Offer;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The way out of one connection. Frames are put into the queue at any time and under any
 * lock, because that calls nobody; what has to follow, writing them or ending the
 * connection, is left to {@link #flush()}, which is called with no lock held, at the end
 * of the turn of the thread that queued them. Any thread.
 */
final class Outlet {

	/** What weighs by its bytes alone, in milliseconds. */
	private static final long WEIGHT_OF_NOW = 100;

	private final Clock clock;

	private final MemoryBudget memory;

	private final Consumer<Ending> end;

	private final Holdings holdings;

	/** Most connections have none. */
	private volatile @Nullable StoredFlow stored;

	private final ClientPace pace;

	private final Runnable beforeWriting;

	private @Nullable WebSocket socket;

	private volatile Version version = Version.V1_2;

	/** When the right to be written to ends, in milliseconds; asked before each write. */
	private volatile long expiresAt = Long.MAX_VALUE;

	/** How many frames at the end of the queue end it, 0 while it is open. */
	private volatile int lastFrames;

	/** Why the connection is to end as soon as no lock is held. */
	private volatile @Nullable Ending overdue;

	/** A frame whose way out is timed; null mostly. */
	private volatile @Nullable TimedFrame timed;

	/** The thread's batch it is in; a stale value costs one flush too many. */
	private @Nullable Flusher dirtyIn;

	/**
	 * @param end ends the session; called with no lock held
	 */
	Outlet(StompGateway gateway, Consumer<Ending> end) {
		this.clock = gateway.clock();
		this.pace = new ClientPace(gateway.wheel());
		this.memory = gateway.memory();
		this.beforeWriting = gateway.beforeWriting();
		this.end = end;
		this.holdings = new Holdings(this.memory.held());
	}

	void open(WebSocket socket) {
		this.socket = socket;
	}

	void version(Version version) {
		this.version = version;
	}

	Version version() {
		return this.version;
	}

	/** Nothing but the last words is written after this time, epoch milliseconds. */
	void expiresAt(long time) {
		this.expiresAt = time;
	}

	/** How long that is away, in milliseconds; for ever before CONNECTED. */
	long millisLeft() {
		long end = this.expiresAt;
		return (end != Long.MAX_VALUE) ? end - this.clock.millis() : end;
	}

	/** {@code exp} is exact. */
	boolean isExpired() {
		return millisLeft() <= 0;
	}

	/** Sends a frame of our own. Called with no lock held. */
	void send(String command, List<Header> headers) {
		send(frame(command, headers));
	}

	/** Sends a frame. Called with no lock held. */
	Offer send(OutboundFrame frame) {
		Offer offer = tryOffer(frame);
		flushSoon();
		return offer;
	}

	/**
	 * Queues a frame; where there is no room, the connection is to end. Whoever calls
	 * this calls {@link #flushSoon()} when they hold no lock any more.
	 * @return whether it was taken
	 */
	boolean offer(OutboundFrame frame) {
		return tryOffer(frame) == Offer.QUEUED;
	}

	/** Queues a frame of our own, as {@link #offer(OutboundFrame)} does. */
	boolean offer(String command, List<Header> headers) {
		return offer(frame(command, headers));
	}

	private OutboundFrame frame(String command, List<Header> headers) {
		byte[] bytes = FrameEncoder.encode(this.version, command, headers, new byte[0], OutboundFrame.RESERVE);
		return OutboundFrame.message(bytes, true);
	}

	private Offer tryOffer(OutboundFrame frame) {
		Offer offer = socket().offer(frame);
		if (offer == Offer.FULL) {
			endSoon(Ending.of(Reason.SLOW_CONSUMER));
		}
		return offer;
	}

	/** Has the next {@link #flush()} end the connection. Under any lock. */
	void endSoon(Ending ending) {
		this.overdue = ending;
	}

	/** Ends the connection. Called with no lock held. */
	void end(Ending ending) {
		this.end.accept(ending);
	}

	/** Flushes at the end of the thread's turn. Called with no lock held. */
	void flushSoon() {
		Flusher.current().add(this);
	}

	/** Waits until what is queued may be written. Called with no lock held. */
	void beforeWriting() {
		this.beforeWriting.run();
	}

	/**
	 * Writes what is queued, as far as the peer takes it, or ends the connection where it
	 * is over. Called with no lock held, by whichever thread.
	 */
	void flush() {
		do {
			endIfOver();
		}
		while (socket().writeSome());
		this.memory.relieve();
	}

	private void endIfOver() {
		Ending over = this.overdue;
		int last = this.lastFrames;
		if (last > 0 && isExpired()) {
			// It is over already, and what it was let deliver has had its time.
			socket().keepLast(last);
			return;
		}
		if (over == null && isExpired()) {
			over = Ending.of(Reason.TOKEN_EXPIRED);
		}
		if (over != null) {
			this.end.accept(over);
		}
	}

	/**
	 * Queues why it is over and closes the WebSocket behind it. Called once, with no lock
	 * held.
	 */
	void close(Ending ending) {
		WebSocket open = socket();
		OutboundFrame error = ending.errorFrame(this.version);
		CloseStatus status = new CloseStatus(ending.reason().closeStatus(), ending.reason().code());
		if (ending.deliversQueued() && open.close(error, status)) {
			this.lastFrames = 2;
		}
		else {
			open.closeNow(error, status);
		}
		flushSoon();
	}

	/** Closes the WebSocket behind what is queued, without an ERROR. */
	void close(CloseStatus status) {
		socket().close(status);
		this.lastFrames = 1;
		flushSoon();
	}

	/** Gives a client up that takes nothing, not even why it was ended. */
	void cut() {
		socket().cut();
	}

	/** All that is in memory for this connection, in bytes. */
	long heldBytes() {
		return socket().queuedBytes() + this.holdings.bytes();
	}

	/** The client takes no more bytes for now. */
	void blocked() {
		this.pace.blocked();
	}

	/**
	 * Whether what it holds is what its client has yet to read, and the client does read:
	 * slowly, but not just what the network takes by itself.
	 */
	boolean isReading() {
		return this.pace.isProven() && socket().queuedBytes() >= this.holdings.bytes();
	}

	/** Whether something waits for its client, who has taken nothing for a while. */
	boolean isSlow() {
		return this.pace.isSlow() && socket().queuedBytes() > 0;
	}

	/** The bytes held, each by the time for which nothing was taken. */
	long weight() {
		return socket().queuedBytes() * (WEIGHT_OF_NOW + this.pace.stalled()) + this.holdings.bytes() * WEIGHT_OF_NOW;
	}

	/** Why it ends where the node holds too much for its clients. */
	Ending tooMuch() {
		long unacknowledged = this.holdings.unacknowledgedBytes();
		boolean slow = socket().queuedBytes() + unacknowledged >= this.holdings.bytes() - unacknowledged;
		return (slow) ? Ending.of(Reason.SLOW_CONSUMER)
				: new Ending(Reason.OVERLOADED, Reason.OVERLOADED.message(), null, Admission.LATER);
	}

	/** The socket is gone. */
	void closed() {
		this.holdings.close();
	}

	boolean markDirty(Flusher flusher) {
		boolean first = this.dirtyIn != flusher;
		this.dirtyIn = flusher;
		return first;
	}

	/**
	 * For whichever thread it was dirty: a thread that later saw its own mark of before
	 * would leave its frames unflushed.
	 */
	void clean() {
		this.dirtyIn = null;
	}

	WebSocket socket() {
		return Objects.requireNonNull(this.socket, "The socket is not open yet");
	}

	/** What the connection has in memory beside its queue. */
	Holdings holdings() {
		return this.holdings;
	}

	/**
	 * The stored messages on their way. Called first on the thread that reads.
	 * @param limit how many bytes may be queued with a stored message
	 */
	StoredFlow stored(int limit, Inbox inbox) {
		StoredFlow flow = this.stored;
		if (flow == null) {
			flow = new StoredFlow(this, limit, inbox.lane());
			this.stored = flow;
		}
		return flow;
	}

	/** So many frames have left since the socket was opened. Called with no lock held. */
	void written(long frames) {
		this.pace.took();
		checkTimed(frames);
		StoredFlow flow = this.stored;
		if (flow != null) {
			flow.written(frames);
		}
	}

	/** Times the frame that was queued last, unless another is being timed. */
	void time(Traffic.Sample sample) {
		if (this.timed == null) {
			this.timed = new TimedFrame(socket().framesQueued(), sample);
			// It may have left just now, and nothing might follow for long.
			checkTimed(socket().framesWritten());
		}
	}

	private void checkTimed(long frames) {
		TimedFrame frame = this.timed;
		if (frame != null && frame.isLeft(frames)) {
			this.timed = null;
		}
	}

	/** Tells who need not wait; says whether any may wait. Called with no lock held. */
	boolean wake() {
		StoredFlow flow = this.stored;
		if (flow != null) {
			flow.wake();
		}
		return flow != null;
	}

}
