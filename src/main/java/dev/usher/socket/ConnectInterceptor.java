package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * Authenticates CONNECT and binds the {@link java.security.Principal}. A token whose
 * issuer's keys must be fetched first holds up its own connection and no thread: the
 * frame is handed in again when they are here.
 */
class ConnectInterceptor implements ChannelInterceptor {

	private final Credentials credentials;

	ConnectInterceptor(Credentials credentials) {
		this.credentials = credentials;
	}

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		ClientFrame frame = FrameMessages.frame(message);
		if (!frame.command().connects()) {
			return message;
		}
		StompConnection connection = FrameMessages.connection(message);
		Caller caller = connection.reader()
			.verified(frame, () -> this.credentials.verify(connection.handshake(), frame));
		if (caller == null) {
			return null;
		}
		FrameMessages.accessor(message).setUser(caller);
		return message;
	}

}
