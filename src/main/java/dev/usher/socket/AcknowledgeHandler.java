package dev.usher.socket;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import org.jspecify.annotations.Nullable;

/**
 * ACK and NACK. 1.2 names the message by the {@code ack} header it came with, 1.1 by
 * {@code message-id} and {@code subscription}, 1.0 by {@code message-id}.
 */
final class AcknowledgeHandler implements FrameHandler {

	@Override
	public void handle(StompConnection connection, Caller caller, ClientFrame frame) {
		boolean known = switch (connection.version()) {
			case V1_2 -> acknowledgeById(connection, required(frame, "id"));
			case V1_1 ->
				acknowledge(connection.subscriptions().get(SubscribeHandler.key(required(frame, "subscription"), "")),
						required(frame, "message-id"));
			case V1_0 -> acknowledgeAnywhere(connection, required(frame, "message-id"));
		};
		if (!known) {
			throw new RefusedException(Reason.BAD_FRAME, "There is no such message to acknowledge.");
		}
	}

	private static String required(ClientFrame frame, String header) {
		String value = frame.header(header);
		if (value == null) {
			throw new RefusedException(Reason.BAD_FRAME, frame.command() + " needs the header " + header + ".");
		}
		return value;
	}

	private static boolean acknowledgeById(StompConnection connection, String id) {
		int dot = id.indexOf('.');
		if (dot < 1 || dot > 9 || !id.substring(0, dot).chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return false;
		}
		int ordinal = Integer.parseInt(id.substring(0, dot));
		return acknowledge(connection.subscriptions().withOrdinal(ordinal), id.substring(dot + 1));
	}

	private static boolean acknowledge(@Nullable Subscription subscription, String messageId) {
		return subscription != null && subscription.acknowledge(messageId);
	}

	private static boolean acknowledgeAnywhere(StompConnection connection, String messageId) {
		for (Subscription subscription : connection.subscriptions().all()) {
			if (subscription.acknowledge(messageId)) {
				return true;
			}
		}
		return false;
	}

}
