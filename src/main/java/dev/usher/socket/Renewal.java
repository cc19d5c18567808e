package dev.usher.socket;

import java.util.Objects;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.token.Revocations;

/**
 * Lets a live connection go on by a newer token or a ticket, which any frame after
 * CONNECTED may carry. The frame itself, and all after it, are allowed what the newer
 * token allows.
 */
class Renewal {

	private final Credentials credentials;

	private final Revocations revocations;

	Renewal(Credentials credentials, Revocations revocations) {
		this.credentials = credentials;
		this.revocations = revocations;
	}

	/**
	 * Takes the credential of a frame, if it has one.
	 * @return false where the frame was put aside until the credential is verified
	 */
	boolean take(StompConnection connection, ClientFrame frame) {
		if (frame.command().connects() || !Credentials.renews(frame)) {
			return true;
		}
		Caller next = connection.reader().verified(frame, () -> this.credentials.verifyRenewal(frame));
		if (next == null) {
			return false;
		}
		renew(connection, next);
		return true;
	}

	private void renew(StompConnection connection, Caller next) {
		Caller present = connection.caller();
		if (present == null || !next.name().equals(present.name())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The token is another user's.");
		}
		// A stolen token of another session, or of none, would take the place of this
		// key.
		if (!Objects.equals(next.keyThumbprint(), present.keyThumbprint())) {
			throw new RefusedException(Reason.UNAUTHORIZED, "The token is not bound to the key of this connection.");
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
