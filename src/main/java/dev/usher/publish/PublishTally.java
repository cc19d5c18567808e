package dev.usher.publish;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Counts what became of messages that somebody wanted to publish on this node. An adder
 * for each count, so that a message costs one addition and no look-up in a registry. Any
 * thread.
 */
final class PublishTally implements BiConsumer<@Nullable Published, @Nullable Throwable> {

	/** What a message is refused for; what else there may be counts as the last. */
	static final Set<Reason> REFUSALS = EnumSet.of(Reason.FORBIDDEN, Reason.BAD_FRAME, Reason.BAD_REQUEST,
			Reason.TOO_LARGE, Reason.UNKNOWN_USER, Reason.OVERLOADED, Reason.DRAINING, Reason.STORAGE_UNAVAILABLE,
			Reason.INTERNAL_ERROR);

	final LongAdder liveOfUsers = new LongAdder();

	final LongAdder liveShared = new LongAdder();

	final LongAdder storedOfUsers = new LongAdder();

	final LongAdder storedShared = new LongAdder();

	final LongAdder repeated = new LongAdder();

	private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

	PublishTally() {
		REFUSALS.forEach((reason) -> this.refused.put(reason, new LongAdder()));
	}

	/** Counts a message now or, where it is on its way to the disk, when it is there. */
	CompletionStage<Published> count(CompletionStage<Published> stage) {
		CompletableFuture<Published> future = stage.toCompletableFuture();
		if (future.isDone() && !future.isCompletedExceptionally()) {
			taken(future.join());
		}
		else {
			future.whenComplete(this);
		}
		return stage;
	}

	@Override
	public void accept(@Nullable Published published, @Nullable Throwable failure) {
		if (published != null) {
			taken(published);
		}
		else if (failure != null) {
			refused(failure);
		}
	}

	private void taken(Published published) {
		Destination destination = published.destination();
		if (published.repeated()) {
			this.repeated.increment();
		}
		else if (destination.owner() != null) {
			((destination.stored()) ? this.storedOfUsers : this.liveOfUsers).increment();
		}
		else {
			((destination.stored()) ? this.storedShared : this.liveShared).increment();
		}
	}

	/** Counts a message that was not taken. */
	void refused(Throwable failure) {
		Reason reason = (Failures.unwrap(failure) instanceof RefusedException refusal) ? refusal.reason()
				: Reason.INTERNAL_ERROR;
		LongAdder count = this.refused.get(REFUSALS.contains(reason) ? reason : Reason.INTERNAL_ERROR);
		if (count != null) {
			count.increment();
		}
	}

	/** How many were taken that nobody had sent before. */
	long accepted() {
		return this.liveOfUsers.sum() + this.liveShared.sum() + this.storedOfUsers.sum() + this.storedShared.sum();
	}

	long refused(Reason reason) {
		LongAdder count = this.refused.get(reason);
		return (count != null) ? count.sum() : 0;
	}

}
