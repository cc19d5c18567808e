package dev.usher.socket;

import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;

/** BEGIN, COMMIT and ABORT. */
final class TransactionHandler implements FrameHandler {

	private final SendHandler send;

	private final FrameHandler acknowledge;

	TransactionHandler(SendHandler send, FrameHandler acknowledge) {
		this.send = send;
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
				return commit(connection, caller, transactions.end(transaction));
			}
		}
		return DONE;
	}

	/**
	 * All or nothing: what can be refused is, before the first message is published. So
	 * acknowledgements come first; no subscriber can tell.
	 */
	private CompletionStage<Effect> commit(StompConnection connection, Caller caller, List<ClientFrame> frames) {
		for (ClientFrame frame : frames) {
			this.send.check(caller, frame);
		}
		for (ClientFrame frame : frames) {
			if (frame.command() != Command.SEND) {
				this.acknowledge.handle(connection, caller, frame);
			}
		}
		CompletionStage<Effect> all = DONE;
		for (ClientFrame frame : frames) {
			if (frame.command() == Command.SEND) {
				CompletionStage<Effect> one = this.send.handle(connection, caller, frame);
				all = all.thenCombine(one, (before, effect) -> (before == Effect.WITHHELD) ? before
						: (effect == Effect.WITHHELD) ? effect : Effect.PLAIN);
			}
		}
		return all;
	}

}
