package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.StompConnection.State;
import dev.usher.stomp.ClientFrame;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * Looks at every frame for itself, whatever came before it: nothing but CONNECT before
 * CONNECTED, no CONNECT after it, and nothing without the connection's own user, whose
 * token is still good.
 */
class FrameGuard implements ChannelInterceptor {

	@Override
	public Message<?> preSend(Message<?> message, MessageChannel channel) {
		StompConnection connection = FrameMessages.connection(message);
		ClientFrame frame = FrameMessages.frame(message);
		State state = connection.state();
		if (frame.command().connects()) {
			if (state != State.UNAUTHENTICATED) {
				throw new RefusedException(Reason.BAD_FRAME, "CONNECT was sent before.");
			}
			return message;
		}
		if (state != State.CONNECTED) {
			throw new RefusedException(Reason.NOT_CONNECTED);
		}
		if (connection.caller() == null || FrameMessages.accessor(message).getUser() != connection.caller()) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		if (connection.outlet().isExpired()) {
			throw new RefusedException(Reason.TOKEN_EXPIRED);
		}
		return message;
	}

}
