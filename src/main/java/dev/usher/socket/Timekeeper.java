package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import dev.usher.websocket.OutboundFrame;
import dev.usher.websocket.WebSocket;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of one connection: CONNECT in time, heart-beats both ways, the token's
 * end, the age of what is queued. Looked at by the wheel; told of what happens by any
 * thread.
 */
final class Timekeeper {

	/** Shared, because most connections never have another. */
	private static final Object FIRST_TERM = new Object();

	private static final OutboundFrame EOL = OutboundFrame.message(eol(), true);

	/**
	 * How often to look, in milliseconds, at a connection of which something may be over
	 * that nothing tells of. All others are looked at when the next thing is due.
	 */
	private static final int CLOSELY = 1000;

	private final StompConnection connection;

	private final StompGateway gateway;

	/** The one watch that counts; one made before is told to stop. */
	private volatile @Nullable Watch watch;

	/** When it looks next, as the wheel counts. */
	private long lookAt;

	private volatile long openedAt;

	private volatile long heardAt;

	/** No later than when the last frame left: when it was looked before. */
	private long wroteAt;

	private long written;

	private long lookedAt;

	/** Whether a subscription may have to wait for room, as of the last look. */
	private boolean mayWait;

	private volatile @Nullable HeartBeat heartBeat;

	/** Since when the frames up to {@link #behindUpTo} are waiting, 0 when none is. */
	private volatile long behindSince;

	private volatile long behindUpTo;

	/** Stands for the token that counts; a newer token has another. */
	private volatile Object term = FIRST_TERM;

	/** The one of whose end the client was told. Used by the wheel alone. */
	private @Nullable Object noticed;

	Timekeeper(StompConnection connection, StompGateway gateway) {
		this.connection = connection;
		this.gateway = gateway;
	}

	private static byte[] eol() {
		byte[] bytes = new byte[OutboundFrame.RESERVE + 1];
		bytes[OutboundFrame.RESERVE] = '\n';
		return bytes;
	}

	void opened() {
		long now = this.gateway.wheel().now();
		this.openedAt = now;
		this.heardAt = now;
		this.wroteAt = now;
		this.lookedAt = now;
		watchAfter(this.gateway.connectTimeout());
	}

	void connected(HeartBeat agreed) {
		this.heartBeat = agreed;
		watchAfter(nextLook(this.gateway.wheel().now()));
	}

	private synchronized void watchAfter(long delay) {
		stop();
		Watch next = new Watch(this);
		this.watch = next;
		this.lookAt = this.gateway.wheel().now() + delay;
		this.gateway.wheel().schedule(next, delay);
		if (this.connection.state() == State.ENDED) {
			// It ended just now, when there was no watch yet, or the one before.
			stop();
		}
	}

	/** What has begun since the look is seen here, or comes after and looks sooner. */
	private synchronized long again(Watch same, long now) {
		if (this.watch != same) {
			return -1;
		}
		long delay = nextLook(now);
		this.lookAt = now + delay;
		return delay;
	}

	/** A newer token counts from here on. */
	void renewed() {
		this.term = new Object();
		lookWithin(nextLook(this.gateway.wheel().now()));
	}

	synchronized void stop() {
		Watch last = this.watch;
		this.watch = null;
		if (last != null) {
			last.keeper = null;
		}
	}

	/** Something has begun that is not to wait for the next look. */
	void lookSoon() {
		lookWithin(CLOSELY);
	}

	/** Never puts a look off, however often it is called. */
	private synchronized void lookWithin(long delay) {
		if (this.watch != null && this.lookAt - this.gateway.wheel().now() > delay) {
			watchAfter(delay);
		}
	}

	/** Something arrived, or is only now to be read. */
	void heard() {
		this.heardAt = this.gateway.wheel().now();
	}

	/** The peer has stopped taking bytes. */
	void blocked() {
		if (this.behindSince == 0) {
			this.behindUpTo = this.connection.outlet().socket().framesQueued();
			this.behindSince = Math.max(1, this.gateway.wheel().now());
			lookSoon();
		}
	}

	/** Says whether the connection goes on. */
	private boolean look(long now) {
		if (this.connection.state() == State.ENDED) {
			return false;
		}
		Ending over = whatIsOver(now);
		if (over != null) {
			this.connection.end(over);
			return false;
		}
		this.connection.pendingEffects().look(now, this.gateway.disconnectTimeout());
		beat(now);
		giveNotice();
		this.mayWait = this.connection.outlet().wake();
		return true;
	}

	private @Nullable Ending whatIsOver(long now) {
		if (this.connection.state() == State.UNAUTHENTICATED) {
			return (now - this.openedAt >= this.gateway.connectTimeout()) ? Ending.of(Reason.AUTH_TIMEOUT) : null;
		}
		if (this.connection.outlet().isExpired()) {
			return Ending.of(Reason.TOKEN_EXPIRED);
		}
		if (isSilent(now)) {
			return Ending.of(Reason.HEARTBEAT_LOST);
		}
		return (isTooFarBehind(now)) ? Ending.of(Reason.SLOW_CONSUMER) : null;
	}

	/** A client cannot be heard while nothing is read, which is asked first. */
	private boolean isSilent(long now) {
		HeartBeat agreed = this.heartBeat;
		return agreed != null && agreed.incoming() > 0 && !this.connection.reader().isWaiting()
				&& now - this.heardAt > 2L * agreed.incoming();
	}

	private boolean isTooFarBehind(long now) {
		if (this.behindSince == 0) {
			return false;
		}
		WebSocket socket = this.connection.outlet().socket();
		if (socket.framesWritten() < this.behindUpTo) {
			return now - this.behindSince > this.gateway.maxQueueAge();
		}
		this.behindSince = 0;
		if (socket.queuedBytes() > 0) {
			blocked();
		}
		return false;
	}

	/** Sends a heart-beat when one is due. */
	private void beat(long now) {
		long count = this.connection.outlet().socket().framesWritten();
		if (count != this.written) {
			this.written = count;
			this.wroteAt = this.lookedAt;
		}
		this.lookedAt = now;
		HeartBeat agreed = this.heartBeat;
		if (agreed != null && agreed.outgoing() > 0 && now - this.wroteAt >= mostSilent(agreed)
				&& this.connection.outlet().socket().queuedBytes() == 0) {
			this.connection.outlet().send(EOL);
			this.wroteAt = now;
		}
	}

	private void giveNotice() {
		// Read first: a client that renews while it is being told is told of the next end
		// too.
		Object current = this.term;
		Caller caller = this.connection.caller();
		if (this.noticed != current && caller != null
				&& this.connection.outlet().millisLeft() <= this.gateway.expiryNotice()
				&& ExpiryNotice.send(this.connection, caller.name())) {
			this.noticed = current;
		}
	}

	/** After how many milliseconds without a frame a heart-beat is sent. */
	private static long mostSilent(HeartBeat agreed) {
		return agreed.outgoing() - margin(agreed);
	}

	private static long margin(HeartBeat agreed) {
		return Math.min(CLOSELY, agreed.outgoing() / 4);
	}

	/** Milliseconds until something could be over, or a heart-beat due. */
	private long nextLook(long now) {
		if (this.connection.state() == State.UNAUTHENTICATED) {
			return this.openedAt + this.gateway.connectTimeout() - now;
		}
		long left = Math.max(0, this.connection.outlet().millisLeft());
		long next = Math.min(left, (isWatchedClosely()) ? CLOSELY : TimingWheel.LONGEST_DELAY);
		if (this.noticed != this.term) {
			long early = left - this.gateway.expiryNotice();
			// It stays due while nobody wants it.
			next = Math.min(next, (early > 0) ? early : CLOSELY);
		}
		HeartBeat agreed = this.heartBeat;
		return (agreed != null) ? Math.min(next, nextBeat(agreed, now)) : next;
	}

	private boolean isWatchedClosely() {
		return this.behindSince != 0 || this.connection.pendingEffects().leaving() || this.mayWait;
	}

	/**
	 * Milliseconds until a heart-beat is due either way. Looks twice while nothing is
	 * sent: a frame of the first half then counts, and no heart-beat follows it.
	 */
	private long nextBeat(HeartBeat agreed, long now) {
		long next = TimingWheel.LONGEST_DELAY;
		if (agreed.outgoing() > 0) {
			long silent = mostSilent(agreed);
			// It stays due while the queue is not empty.
			next = Math.min(silent / 2, Math.max(margin(agreed) / 2, this.wroteAt + silent - now));
		}
		if (agreed.incoming() > 0) {
			long silent = this.heardAt + 2L * agreed.incoming() + 1 - now;
			// Over only while nothing is read.
			next = Math.min(next, (silent > 0) ? silent : CLOSELY);
		}
		return next;
	}

	/**
	 * What the wheel has of a connection. The wheel keeps it until its time comes, and
	 * must not keep the connection as long, with all that it held, when that is gone.
	 */
	private static final class Watch implements TimingWheel.Timed {

		private volatile @Nullable Timekeeper keeper;

		private Watch(Timekeeper keeper) {
			this.keeper = keeper;
		}

		@Override
		public long onTime(long now) {
			Timekeeper asked = this.keeper;
			return (asked != null && asked.look(now)) ? asked.again(this, now) : -1;
		}

	}

}
