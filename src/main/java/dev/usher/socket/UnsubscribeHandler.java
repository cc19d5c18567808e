package dev.usher.socket;

import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Version;

/** UNSUBSCRIBE. */
final class UnsubscribeHandler implements FrameHandler {

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String id = frame.header("id");
		String destination = frame.header("destination");
		if (id == null && (connection.version() != Version.V1_0 || destination == null)) {
			throw new RefusedException(Reason.BAD_FRAME, "UNSUBSCRIBE needs an id header.");
		}
		String key = SubscribeHandler.key(id, String.valueOf(destination));
		boolean forget = "true".equals(frame.header("forget"));
		CompletionStage<Void> left = connection.subscriptions().remove(key).end(forget);
		// Who only leaves need not wait for what others are given.
		return (forget) ? LateReceipts.of(connection, frame, left) : DONE;
	}

}
