package dev.usher.socket;

import java.util.List;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.stomp.ClientFrame;

/** BEGIN, COMMIT and ABORT. */
final class TransactionHandler implements FrameHandler {

	private final FrameHandler send;

	private final FrameHandler acknowledge;

	private final SendHandler checks;

	TransactionHandler(SendHandler send, FrameHandler acknowledge) {
		this.send = send;
		this.checks = send;
		this.acknowledge = acknowledge;
	}

	@Override
	public void handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String transaction = frame.header("transaction");
		if (transaction == null) {
			throw new RefusedException(Reason.BAD_FRAME, frame.command() + " needs a transaction header.");
		}
		Transactions transactions = connection.transactions();
		switch (frame.command()) {
			case BEGIN -> transactions.begin(transaction);
			case ABORT -> transactions.end(transaction);
			default -> commit(connection, caller, transactions.end(transaction));
		}
	}

	/** All or nothing: what can be refused is, before the first frame takes effect. */
	private void commit(StompConnection connection, Caller caller, List<ClientFrame> frames) {
		for (ClientFrame frame : frames) {
			this.checks.check(caller, frame);
		}
		for (ClientFrame frame : frames) {
			FrameHandler handler = switch (frame.command()) {
				case SEND -> this.send;
				default -> this.acknowledge;
			};
			handler.handle(connection, caller, frame);
		}
	}

}
