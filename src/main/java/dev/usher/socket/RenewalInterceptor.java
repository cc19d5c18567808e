package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.token.Revocations;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * Lets a live connection go on by a newer token or a ticket, which any frame after
 * CONNECTED may carry. The frame itself, and all after it, are allowed what the newer
 * token allows.
 */
class RenewalInterceptor implements ChannelInterceptor {

	private final Credentials credentials;

	private final Revocations revocations;

	RenewalInterceptor(Credentials credentials, Revocations revocations) {
		this.credentials = credentials;
		this.revocations = revocations;
	}

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		ClientFrame frame = FrameMessages.frame(message);
		if (frame.command().connects() || !Credentials.renews(frame)) {
			return message;
		}
		StompConnection connection = FrameMessages.connection(message);
		Caller next = connection.reader().verified(frame, () -> this.credentials.verifyRenewal(frame));
		if (next == null) {
			return null;
		}
		renew(connection, next);
		FrameMessages.accessor(message).setUser(next);
		return message;
	}

	private void renew(StompConnection connection, Caller next) {
		Caller present = connection.caller();
		if (present == null || !next.name().equals(present.name())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The token is another user's.");
		}
		connection.renew(next);
		// Revoked between its verification and now, it was on no list to be ended by.
		if (this.revocations.isRevoked(next)) {
			throw new RefusedException(Reason.REVOKED);
		}
		for (Subscription subscription : connection.subscriptions().all()) {
			if (!next.permissions().maySubscribe(subscription.destination())) {
				throw new RefusedException(Reason.FORBIDDEN, "The newer token does not allow all subscriptions.");
			}
		}
	}

}
