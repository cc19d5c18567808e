package dev.usher.socket;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import org.jspecify.annotations.Nullable;

/**
 * ACK and NACK. 1.2 names the message by the {@code ack} header it came with, 1.1 by
 * {@code message-id} and {@code subscription}, 1.0 by {@code message-id}.
 */
final class AcknowledgeHandler implements FrameHandler {

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		return LateReceipts.of(connection, frame, take(connection, frame).get());
	}

	/**
	 * Takes an ACK or a NACK, which counts once what is returned was called.
	 * @return makes it count, and says when that is kept
	 * @throws RefusedException {@link Reason#BAD_FRAME} where there is no such message
	 */
	Supplier<CompletionStage<Void>> take(StompConnection connection, ClientFrame frame) {
		boolean negative = frame.command() == Command.NACK;
		Supplier<CompletionStage<Void>> taken = switch (connection.version()) {
			case V1_2 -> acknowledgeById(connection, required(frame, "id"), negative);
			case V1_1 ->
				acknowledge(connection.subscriptions().get(SubscribeHandler.key(required(frame, "subscription"), "")),
						required(frame, "message-id"), negative);
			case V1_0 -> acknowledgeAnywhere(connection, required(frame, "message-id"), negative);
		};
		if (taken == null) {
			throw new RefusedException(Reason.BAD_FRAME, "There is no such message to acknowledge.");
		}
		return taken;
	}

	/**
	 * The value of the {@code ack} header: which subscription of the connection, then
	 * which message. Connections that subscribe alike share it, and so the frame.
	 */
	static String ackId(int ordinal, String messageId) {
		return ordinal + "." + messageId;
	}

	private static String required(ClientFrame frame, String header) {
		String value = frame.header(header);
		if (value == null) {
			throw new RefusedException(Reason.BAD_FRAME, frame.command() + " needs the header " + header + ".");
		}
		return value;
	}

	private static @Nullable Supplier<CompletionStage<Void>> acknowledgeById(StompConnection connection, String id,
			boolean negative) {
		int dot = id.indexOf('.');
		if (dot < 1 || dot > 9 || !id.substring(0, dot).chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		int ordinal = Integer.parseInt(id.substring(0, dot));
		return acknowledge(connection.subscriptions().withOrdinal(ordinal), id.substring(dot + 1), negative);
	}

	private static @Nullable Supplier<CompletionStage<Void>> acknowledge(@Nullable Subscription subscription,
			String messageId, boolean negative) {
		return (subscription != null) ? subscription.acknowledge(messageId, negative) : null;
	}

	private static @Nullable Supplier<CompletionStage<Void>> acknowledgeAnywhere(StompConnection connection,
			String messageId, boolean negative) {
		for (Subscription subscription : connection.subscriptions().all()) {
			Supplier<CompletionStage<Void>> taken = subscription.acknowledge(messageId, negative);
			if (taken != null) {
				return taken;
			}
		}
		return null;
	}

}
