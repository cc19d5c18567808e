package dev.usher.socket;

import java.util.concurrent.CompletionException;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.publish.Publication;
import dev.usher.publish.Publisher;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;

/** SEND: publishes, by the same line as everything that is published. */
final class SendHandler implements FrameHandler {

	private final Publisher publisher;

	SendHandler(Publisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void handle(StompConnection connection, Caller caller, ClientFrame frame) {
		Publication publication = new Publication(destination(frame), null, frame.header("content-type"),
				frame.ownHeaders(), frame.body(), null);
		try {
			this.publisher.publish(caller, publication).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RefusedException refused) ? refused : ex;
		}
	}

	/** Refuses what {@link #handle} would refuse, and does nothing else. */
	void check(Caller caller, ClientFrame frame) {
		if (frame.command() == Command.SEND) {
			this.publisher.check(caller, destination(frame));
		}
	}

	private static String destination(ClientFrame frame) {
		String destination = frame.header("destination");
		if (destination == null) {
			throw new RefusedException(Reason.BAD_FRAME, "SEND needs a destination header.");
		}
		return destination;
	}

}
