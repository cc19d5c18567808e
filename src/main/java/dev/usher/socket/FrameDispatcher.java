package dev.usher.socket;

import java.security.Principal;
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
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;

/**
 * The end of the inbound channel: gives each frame to the handler of its kind, holds back
 * what belongs to a transaction, and sends the RECEIPT once the frame has taken effect.
 */
class FrameDispatcher implements MessageHandler {

	private final Map<Command, FrameHandler> handlers;

	private final ApplicationFrames application;

	FrameDispatcher(Map<Command, FrameHandler> handlers, ApplicationFrames application) {
		this.handlers = handlers;
		this.application = application;
	}

	/** A frame that has passed all interceptors. */
	@Override
	public void handleMessage(Message<?> message) {
		InboundFrame inbound = InboundFrame.current();
		inbound.passed(message);
		StompConnection connection = inbound.connection();
		ClientFrame frame = NativeHeaders.changed(message, inbound.frame());
		FrameGuard.check(connection, frame.command());
		Caller caller = FrameGuard.caller(inbound, message);
		Principal user = SimpMessageHeaderAccessor.getUser(message.getHeaders());
		if (frame.command().connects() && user != caller) {
			connection.told().principal(user);
		}
		dispatch(connection, caller, frame, message);
	}

	/** A frame that nobody wants to look at. */
	void dispatch(StompConnection connection, Caller caller, ClientFrame frame) {
		dispatch(connection, caller, frame, null);
	}

	private void dispatch(StompConnection connection, Caller caller, ClientFrame frame, @Nullable Message<?> message) {
		CompletionStage<Effect> effect = handle(connection, caller, frame, message);
		if (effect == FrameHandler.DONE) {
			sendReceipt(connection, frame, Effect.PLAIN);
		}
		else {
			connection.pendingEffects().began();
			effect.whenComplete((done, failure) -> settle(connection, frame, done, failure));
		}
	}

	private CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame,
			@Nullable Message<?> message) {
		String transaction = transactionOf(frame);
		if (transaction != null) {
			connection.transactions().hold(transaction, frame);
			return FrameHandler.DONE;
		}
		if (this.application.takes(frame)) {
			return this.application.handle(connection, caller, frame, message);
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
		if (receipt != null && effect != Effect.WITHHELD && !frame.command().connects()
				&& frame.command() != Command.DISCONNECT) {
			List<Header> headers = new ArrayList<>(4);
			headers.add(new Header("receipt-id", receipt));
			headers.addAll(effect.receiptHeaders());
			connection.send("RECEIPT", headers);
		}
	}

}
