package dev.usher.socket;

import dev.usher.access.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * Authenticates CONNECT by its native headers and binds the
 * {@link java.security.Principal}, before the interceptors of others. A token whose
 * issuer's keys must be fetched first, or whose place must be reserved on all nodes,
 * holds up its own connection and no thread: the frame is handed in again when that is
 * done.
 */
class ConnectInterceptor implements ChannelInterceptor {

	private final Credentials credentials;

	private final Admission admission;

	ConnectInterceptor(Credentials credentials, Admission admission) {
		this.credentials = credentials;
		this.admission = admission;
	}

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		InboundFrame inbound = InboundFrame.current();
		StompHeaderAccessor headers = FrameMessages.accessor(message);
		if (!inbound.frame().command().connects() || headers == null) {
			return message;
		}
		StompConnection connection = inbound.connection();
		Caller caller = connection.reader()
			.verified(inbound.frame(),
					() -> this.admission.reserve(connection, this.credentials.verify(connection.handshake(), headers)));
		if (caller == null) {
			return null;
		}
		inbound.verified(caller);
		headers.setUser(caller);
		return message;
	}

}
