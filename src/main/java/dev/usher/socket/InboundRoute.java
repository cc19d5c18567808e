package dev.usher.socket;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpAttributesContextHolder;

/**
 * The way of one frame to its effect. Frames that open, subscribe and close go through
 * the client inbound channel as Spring's messages; those that come by the million do so
 * too as soon as anybody looks there, and otherwise take the short way.
 */
class InboundRoute {

	private final Renewal renewal;

	private final ClientInboundChannel channel;

	private final FrameDispatcher dispatcher;

	private final SlowInterceptors slow;

	private final SessionEvents events;

	private final ConnectSpans spans;

	InboundRoute(Renewal renewal, ClientInboundChannel channel, FrameDispatcher dispatcher, SlowInterceptors slow,
			SessionEvents events, ConnectSpans spans) {
		this.spans = spans;
		this.renewal = renewal;
		this.channel = channel;
		this.dispatcher = dispatcher;
		this.slow = slow;
		this.events = events;
	}

	/** Lets a frame take effect, or throws a refusal or what an interceptor threw. */
	void take(StompConnection connection, ClientFrame frame) {
		FrameGuard.check(connection, frame.command());
		if (frame.command().connects()) {
			this.spans.begin(connection);
		}
		if (!this.renewal.take(connection, frame)) {
			return;
		}
		boolean watched = this.channel.watched();
		if (watched || isAlwaysShown(frame.command())) {
			send(new InboundFrame(connection, frame), watched);
		}
		else {
			this.dispatcher.dispatch(connection, FrameGuard.caller(connection), frame);
		}
	}

	private static boolean isAlwaysShown(Command command) {
		return switch (command) {
			case CONNECT, STOMP, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT -> true;
			case SEND, ACK, NACK, BEGIN, COMMIT, ABORT -> false;
		};
	}

	private void send(InboundFrame inbound, boolean watched) {
		boolean attributes = watched || this.events.any();
		Message<byte[]> message = FrameMessages.of(inbound.connection(), inbound.frame(), attributes);
		inbound.begin();
		try {
			if (watched) {
				SimpAttributesContextHolder.setAttributesFromMessage(message);
			}
			this.channel.send(message);
		}
		finally {
			inbound.end();
			if (watched) {
				SimpAttributesContextHolder.resetAttributes();
				this.slow.passed(inbound.frame().command(), inbound.interceptorNanos(), this.channel::interceptorNames);
			}
		}
		if (inbound.hasPassed()) {
			this.events.passed(inbound);
		}
	}

}
