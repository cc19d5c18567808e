package dev.usher.socket;

import java.security.Principal;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.StompConnection.State;
import dev.usher.stomp.Command;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;

/**
 * Looks at every frame for itself: nothing but CONNECT before CONNECTED, no CONNECT after
 * it, and nothing without a verified caller whose token is still good. It looks before
 * interceptors, so that they see no frame of a stranger, and again behind them, where it
 * believes nothing that they have said.
 */
final class FrameGuard {

	private static final Logger logger = LoggerFactory.getLogger(FrameGuard.class);

	private FrameGuard() {
	}

	/** Refuses a frame that cannot be sent now. */
	static void check(StompConnection connection, Command command) {
		State state = connection.state();
		if (command.connects()) {
			if (state != State.UNAUTHENTICATED) {
				throw new RefusedException(Reason.BAD_FRAME, "CONNECT was sent before.");
			}
			return;
		}
		if (state != State.CONNECTED) {
			throw new RefusedException(Reason.NOT_CONNECTED);
		}
		if (connection.outlet().isExpired()) {
			throw new RefusedException(Reason.TOKEN_EXPIRED);
		}
	}

	/** Who sends frames on a connection that is CONNECTED. */
	static Caller caller(StompConnection connection) {
		return verified(connection.caller());
	}

	/**
	 * Who sent a frame that has passed interceptors. They may say more of the user, and
	 * not that it is another.
	 */
	static Caller caller(InboundFrame inbound, Message<?> message) {
		Caller caller = verified(inbound.caller());
		Principal user = SimpMessageHeaderAccessor.getUser(message.getHeaders());
		if (user == caller) {
			return caller;
		}
		if (user == null || !caller.name().equals(user.getName())) {
			RefusedException refused = new RefusedException(Reason.UNAUTHORIZED);
			logger.warn("An interceptor of clientInboundChannel set another user than the one that was verified, so {} "
					+ "was refused, incident {}", inbound.frame().command(), refused.incident().orElse(""));
			throw refused;
		}
		return caller;
	}

	private static Caller verified(@Nullable Caller caller) {
		if (caller == null) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		return caller;
	}

}
