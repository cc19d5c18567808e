package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.ApplicationHandlers.Room;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import org.jspecify.annotations.Nullable;

/** BEGIN, COMMIT and ABORT. */
final class TransactionHandler implements FrameHandler {

	private final SendHandler send;

	private final ApplicationFrames application;

	private final AcknowledgeHandler acknowledge;

	TransactionHandler(SendHandler send, ApplicationFrames application, AcknowledgeHandler acknowledge) {
		this.send = send;
		this.application = application;
		this.acknowledge = acknowledge;
	}

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String transaction = frame.header("transaction");
		if (transaction == null) {
			throw new RefusedException(Reason.BAD_FRAME, frame.command() + " needs a transaction header.");
		}
		Transactions transactions = connection.transactions();
		switch (frame.command()) {
			case BEGIN -> transactions.begin(transaction);
			case ABORT -> transactions.end(transaction);
			default -> {
				return commit(connection, caller, frame, transactions.end(transaction));
			}
		}
		return DONE;
	}

	/**
	 * All or nothing: what can be refused is, before the first acknowledgement counts and
	 * the first message is published. So room for all methods is taken first, and
	 * acknowledgements come before messages; no subscriber can tell.
	 */
	private CompletionStage<Effect> commit(StompConnection connection, Caller caller, ClientFrame commit,
			List<ClientFrame> frames) {
		List<ClientFrame> methods = frames.stream().filter(this.application::takes).toList();
		for (ClientFrame frame : frames) {
			check(connection, caller, frame);
		}
		if (methods.isEmpty()) {
			return commit(connection, caller, commit, frames, null);
		}
		try (Room room = this.application.reserve(connection, caller, methods)) {
			return commit(connection, caller, commit, frames, room);
		}
	}

	private void check(StompConnection connection, Caller caller, ClientFrame frame) {
		if (this.application.takes(frame)) {
			this.application.check(caller, frame);
		}
		else {
			this.send.check(connection, caller, frame);
		}
	}

	private CompletionStage<Effect> commit(StompConnection connection, Caller caller, ClientFrame commit,
			List<ClientFrame> frames, @Nullable Room room) {
		List<Supplier<CompletionStage<Void>>> taken = frames.stream()
			.filter((frame) -> frame.command() != Command.SEND)
			.map((frame) -> this.acknowledge.take(connection, frame))
			.toList();
		CompletionStage<Void> kept = Subscription.KEPT;
		for (Supplier<CompletionStage<Void>> each : taken) {
			kept = kept.thenCombine(each.get(), (before, now) -> now);
		}
		CompletionStage<Void> acknowledged = kept;
		// A refusal of a message does not wait for what is never refused.
		return send(connection, caller, frames, room).thenCompose((sent) -> (sent == Effect.WITHHELD)
				? CompletableFuture.completedFuture(sent) : LateReceipts.of(connection, commit, acknowledged));
	}

	private CompletionStage<Effect> send(StompConnection connection, Caller caller, List<ClientFrame> frames,
			@Nullable Room room) {
		CompletionStage<Effect> all = DONE;
		for (ClientFrame frame : frames) {
			if (frame.command() == Command.SEND) {
				CompletionStage<Effect> one = (room != null && this.application.takes(frame))
						? this.application.handle(connection, caller, frame, null, room)
						: this.send.handle(connection, caller, frame);
				all = all.thenCombine(one, (before, effect) -> (before == Effect.WITHHELD) ? before
						: (effect == Effect.WITHHELD) ? effect : Effect.PLAIN);
			}
		}
		return all;
	}

}
