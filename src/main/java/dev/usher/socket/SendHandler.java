package dev.usher.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.bus.Reach;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.publish.Publication;
import dev.usher.publish.Published;
import dev.usher.publish.Publisher;
import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import dev.usher.stomp.Header;
import org.jspecify.annotations.Nullable;

/** SEND: publishes, by the same line as everything that is published. */
final class SendHandler implements FrameHandler {

	private final Publisher publisher;

	SendHandler(Publisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public CompletionStage<Effect> handle(StompConnection connection, Caller caller, ClientFrame frame) {
		String to = destination(frame);
		if (to.startsWith(Destination.APPLICATION)) {
			return command(connection, to, frame);
		}
		CompletionStage<Published> published = this.publisher.publish(caller, publication(to, frame));
		boolean isTold = frame.header("receipt") != null;
		if (published.toCompletableFuture().isDone()) {
			Published now = Refusals.join(published);
			return (isTold) ? told(now) : DONE;
		}
		return published
			.thenCompose((later) -> (isTold) ? told(later) : CompletableFuture.completedFuture(Effect.PLAIN));
	}

	/**
	 * What the RECEIPT says of the message: where it is, how many took it, or, where
	 * there are other nodes, whether it has left for them.
	 */
	private static CompletionStage<Effect> told(Published published) {
		CompletionStage<Reach> reach = published.reach();
		return (reach != null) ? reach.thenApply((far) -> told(published, far))
				: CompletableFuture.completedFuture(told(published, null));
	}

	private static Effect told(Published published, @Nullable Reach reach) {
		List<Header> headers = new ArrayList<>(3);
		if (published.offset() != null && published.epoch() != null) {
			headers.add(new Header("offset", Long.toString(published.offset())));
			headers.add(new Header("epoch", published.epoch()));
		}
		if (published.delivered() != null) {
			headers.add(new Header("delivered", Integer.toString(published.delivered())));
		}
		if (reach != null) {
			headers.add(new Header("reach", reach.word()));
		}
		if (published.repeated()) {
			headers.add(new Header("repeated", "true"));
		}
		return new Effect(headers, Effect.PLAIN.afterReceipt());
	}

	/** The newer token or ticket, if there was one, was taken on the way here. */
	private static CompletionStage<Effect> command(StompConnection connection, String to, ClientFrame frame) {
		if (to.equals(Destination.PING)) {
			return DONE;
		}
		if (!to.equals(Destination.AUTH)) {
			throw ApplicationFrames.unmapped(to, frame.command());
		}
		if (!Credentials.renews(frame)) {
			throw new RefusedException(Reason.BAD_FRAME, "SEND to /app/auth needs the header Authorization or ticket.");
		}
		Effect effect = new Effect(ExpiryNotice.asReceipt(connection), Effect.PLAIN.afterReceipt());
		return CompletableFuture.completedFuture(effect);
	}

	private Publication publication(String to, ClientFrame frame) {
		try {
			return new Publication(to, frame.header("id"), frame.header("content-type"), frame.ownHeaders(),
					frame.body(), ttl(frame));
		}
		catch (RefusedException ex) {
			throw this.publisher.refused(ex);
		}
	}

	private static @Nullable Duration ttl(ClientFrame frame) {
		Long seconds = Numbers.of(frame, "ttl");
		return (seconds != null) ? Duration.ofSeconds(seconds) : null;
	}

	/**
	 * Refuses what {@link #handle} would refuse, as far as that can be told at once, and
	 * does nothing else.
	 */
	void check(StompConnection connection, Caller caller, ClientFrame frame) {
		if (frame.command() != Command.SEND) {
			return;
		}
		String to = destination(frame);
		if (to.startsWith(Destination.APPLICATION)) {
			// All that is left of a command is its answer.
			command(connection, to, frame);
		}
		else {
			this.publisher.check(caller, publication(to, frame));
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
