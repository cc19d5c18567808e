package dev.usher.socket;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to a method of an extension, which answers it once. Nothing is published
 * there.
 */
final class MethodSubscription implements Subscription {

	private final Outlet outlet;

	private final @Nullable String id;

	private final Destination destination;

	private final int ordinal;

	private boolean ended;

	MethodSubscription(Outlet outlet, @Nullable String id, Destination destination, int ordinal) {
		this.outlet = outlet;
		this.id = id;
		this.destination = destination;
		this.ordinal = ordinal;
	}

	@Override
	public Destination destination() {
		return this.destination;
	}

	@Override
	public int ordinal() {
		return this.ordinal;
	}

	@Override
	public boolean deliver(EncodedMessage message) {
		boolean taken = queue(message);
		this.outlet.flushSoon();
		return taken;
	}

	private synchronized boolean queue(EncodedMessage message) {
		return !this.ended && this.outlet.offer(message.frame(this.outlet.version(), this.id, null));
	}

	/** An answer counts as read; whoever acknowledges it all the same is right. */
	@Override
	public @Nullable Supplier<CompletionStage<Void>> acknowledge(String messageId, boolean negative) {
		return (SessionMessages.isId(messageId)) ? NOTHING_MORE : null;
	}

	@Override
	public synchronized CompletionStage<Void> end(boolean forget) {
		this.ended = true;
		return KEPT;
	}

}
