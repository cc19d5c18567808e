package dev.usher.socket;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.Throttle.Rates;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import dev.usher.stomp.FrameLimits;
import dev.usher.thread.FatalErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.socket.WebSocketSession;

/**
 * What all connections share. A frame that was read is handed to the client inbound
 * channel here, and what the channel refuses becomes the end of the connection here.
 */
class StompGateway implements DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(StompGateway.class);

	private final SocketProperties properties;

	private final FrameLimits frameLimits;

	private final Clock clock;

	private final Connections connections;

	private final InboundRoute route;

	private final SessionEvents events;

	private final TimingWheel wheel;

	private final SocketAudit audit;

	private final MemoryBudget memory;

	private final Runnable beforeWriting;

	private final AtomicLong lastConnected = new AtomicLong();

	/**
	 * Makes the one of a node.
	 * @param beforeWriting called before anything is written to clients, with no lock
	 * held; may wait
	 */
	StompGateway(SocketProperties properties, Clock clock, Connections connections, InboundRoute route,
			SessionEvents events, SocketAudit audit, Runnable beforeWriting) {
		this.beforeWriting = beforeWriting;
		this.audit = audit;
		this.properties = properties;
		this.memory = new MemoryBudget(properties.outbound().maxTotalBytes(), connections::all);
		this.frameLimits = properties.frameLimits();
		this.clock = clock;
		this.wheel = new TimingWheel(clock);
		this.connections = connections;
		this.route = route;
		this.events = events;
	}

	StompConnection newConnection(WebSocketSession session, Handshake handshake) {
		return new StompConnection(session, handshake, this);
	}

	/** Lets a frame take effect, or ends its connection. */
	void receive(StompConnection connection, ClientFrame frame) {
		try {
			if (connection.countFrame()) {
				this.route.take(connection, frame);
			}
		}
		catch (RuntimeException ex) {
			fail(connection, frame, ex);
		}
	}

	/** Ends a connection whose frame could not take effect. */
	void fail(StompConnection connection, ClientFrame frame, Throwable failure) {
		RefusedException refused = refusal(failure);
		if (refused == null) {
			refused = new RefusedException(Reason.INTERNAL_ERROR);
			logger.error("Frame {} failed, incident {}", frame.command(), refused.incident().orElse(""),
					MessageFailures.withoutMessage(failure));
		}
		boolean isOperation = refused.reason() == Reason.FORBIDDEN || frame.command() == Command.SEND;
		if (isOperation && connection.state() == StompConnection.State.CONNECTED) {
			this.audit.refused(connection, frame, refused);
		}
		connection.end(Ending.of(refused, frame.header("receipt")));
	}

	/** Ends a connection of which something else than a frame failed. */
	void fail(StompConnection connection, Throwable failure) {
		FatalErrors.endIfFatal(failure);
		RefusedException refused = new RefusedException(Reason.INTERNAL_ERROR);
		logger.error("A connection failed, incident {}", refused.incident().orElse(""),
				MessageFailures.withoutMessage(failure));
		connection.end(Ending.of(refused, null));
	}

	/**
	 * A channel wraps what its interceptors and handlers throw. Those of others refuse by
	 * the exceptions of Spring Security.
	 */
	private static @Nullable RefusedException refusal(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof RefusedException refused) {
				return refused;
			}
			// What they say is not for strangers.
			if (cause instanceof AccessDeniedException) {
				return new RefusedException(Reason.FORBIDDEN);
			}
			if (cause instanceof AuthenticationException) {
				return new RefusedException(Reason.UNAUTHORIZED);
			}
		}
		return null;
	}

	void ended(StompConnection connection, Ending ending) {
		logger.debug("{} ended: {}", connection, ending.reason().code());
		this.audit.ended(connection, ending);
	}

	/**
	 * The client went.
	 * @param status of its close
	 */
	void left(StompConnection connection, int status) {
		this.audit.left(connection, status);
	}

	/** The socket is gone, whoever closed it. */
	void closed(StompConnection connection, int status) {
		this.events.closed(connection, status);
	}

	Connections connections() {
		return this.connections;
	}

	/** To be called before anything is written, with no lock held. */
	Runnable beforeWriting() {
		return this.beforeWriting;
	}

	/** What all connections hold together. */
	MemoryBudget memory() {
		return this.memory;
	}

	Rates rates() {
		return this.properties.rates();
	}

	FrameLimits frameLimits() {
		return this.frameLimits;
	}

	Clock clock() {
		return this.clock;
	}

	/**
	 * When a connection becomes CONNECTED, in microseconds since the epoch. Each has its
	 * own, so that of two the younger is always known, also by a clock that was set back.
	 */
	long connectedNow() {
		long now = ChronoUnit.MICROS.between(Instant.EPOCH, this.clock.instant());
		return this.lastConnected.updateAndGet((last) -> Math.max(last + 1, now));
	}

	TimingWheel wheel() {
		return this.wheel;
	}

	/** Milliseconds from the handshake to CONNECTED. */
	long connectTimeout() {
		return this.properties.connect().timeout().toMillis();
	}

	/** Milliseconds that DISCONNECT waits for methods of extensions. */
	long disconnectTimeout() {
		return this.properties.connect().disconnectTimeout().toMillis();
	}

	/** Milliseconds before a token's end that the client is told. */
	long expiryNotice() {
		return this.properties.connect().expiryNotice().toMillis();
	}

	/** Milliseconds the oldest queued frame may wait. */
	long maxQueueAge() {
		return this.properties.outbound().maxAge().toMillis();
	}

	@Override
	public void destroy() {
		this.wheel.close();
	}

}
