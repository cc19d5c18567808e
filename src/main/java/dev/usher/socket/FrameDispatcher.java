package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import dev.usher.stomp.Header;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;

/**
 * The end of the inbound channel: gives each frame to the handler of its kind, holds back
 * what belongs to a transaction, and sends the RECEIPT once the frame has taken effect.
 */
class FrameDispatcher implements MessageHandler {

	private final Map<Command, FrameHandler> handlers;

	FrameDispatcher(Map<Command, FrameHandler> handlers) {
		this.handlers = handlers;
	}

	@Override
	public void handleMessage(Message<?> message) {
		// CONNECT was given its user on the way here; without one nothing goes on.
		if (!(FrameMessages.accessor(message).getUser() instanceof Caller caller)) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		ClientFrame frame = FrameMessages.frame(message);
		StompConnection connection = FrameMessages.connection(message);
		CompletionStage<Effect> effect = handle(connection, caller, frame);
		if (effect == FrameHandler.DONE) {
			sendReceipt(connection, frame, Effect.PLAIN);
		}
		else {
			connection.pendingEffects().began();
			effect.whenComplete((done, failure) -> settle(connection, frame, done, failure));
		}
	}

	private CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String transaction = transactionOf(frame);
		if (transaction != null) {
			connection.transactions().hold(transaction, frame);
			return FrameHandler.DONE;
		}
		FrameHandler handler = this.handlers.get(frame.command());
		if (handler == null) {
			throw new RefusedException(Reason.BAD_FRAME);
		}
		return handler.handle(connection, caller, frame);
	}

	private static @Nullable String transactionOf(ClientFrame frame) {
		return switch (frame.command()) {
			case SEND, ACK, NACK -> frame.header("transaction");
			default -> null;
		};
	}

	/** A frame that took its time has taken effect, or has failed. Any thread. */
	private static void settle(StompConnection connection, ClientFrame frame, @Nullable Effect effect,
			@Nullable Throwable failure) {
		try {
			if (effect != null) {
				sendReceipt(connection, frame, effect);
				effect.afterReceipt().run();
			}
			else if (failure != null) {
				connection.fail(frame, failure);
			}
		}
		finally {
			connection.pendingEffects().ended();
		}
	}

	private static void sendReceipt(StompConnection connection, ClientFrame frame, Effect effect) {
		String receipt = frame.header("receipt");
		if (receipt != null && !frame.command().connects() && frame.command() != Command.DISCONNECT) {
			List<Header> headers = new ArrayList<>(4);
			headers.add(new Header("receipt-id", receipt));
			headers.addAll(effect.receiptHeaders());
			connection.send("RECEIPT", headers);
		}
	}

}
