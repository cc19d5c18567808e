package dev.usher.socket;

import java.util.List;
import java.util.Map;

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
 * what belongs to a transaction, and sends the RECEIPT.
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
		String transaction = transactionOf(frame);
		if (transaction != null) {
			connection.transactions().hold(transaction, frame);
		}
		else {
			handler(frame.command()).handle(connection, caller, frame);
		}
		sendReceipt(connection, frame);
	}

	private static @Nullable String transactionOf(ClientFrame frame) {
		return switch (frame.command()) {
			case SEND, ACK, NACK -> frame.header("transaction");
			default -> null;
		};
	}

	private FrameHandler handler(Command command) {
		FrameHandler handler = this.handlers.get(command);
		if (handler == null) {
			throw new RefusedException(Reason.BAD_FRAME);
		}
		return handler;
	}

	private static void sendReceipt(StompConnection connection, ClientFrame frame) {
		String receipt = frame.header("receipt");
		if (receipt != null && !frame.command().connects() && frame.command() != Command.DISCONNECT) {
			connection.send("RECEIPT", List.of(new Header("receipt-id", receipt)));
		}
	}

}
