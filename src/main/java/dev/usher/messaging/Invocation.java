package dev.usher.messaging;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * One frame that a method handles: over when the method has run, and where it returned a
 * future, when that is complete and its value was sent.
 */
final class Invocation {

	private static final ThreadLocal<Invocation> CURRENT = new ThreadLocal<>();

	private final CompletableFuture<Boolean> done = new CompletableFuture<>();

	private volatile boolean failed;

	/** What the method returned. */
	private @Nullable CompletableFuture<?> returned;

	/** The same as Spring waits for it, so that we know when Spring is through. */
	private @Nullable CompletableFuture<Object> forwarded;

	CompletionStage<Boolean> done() {
		return this.done;
	}

	/** The method of this thread's invocation failed, and nobody handled that. */
	static void failed() {
		Invocation current = CURRENT.get();
		if (current != null) {
			current.failed = true;
		}
	}

	/**
	 * Has the invocation of this thread wait for a future.
	 * @return what Spring is to wait for
	 */
	static CompletableFuture<?> await(CompletableFuture<?> returned) {
		Invocation current = CURRENT.get();
		if (current == null) {
			return returned;
		}
		CompletableFuture<Object> forwarded = new CompletableFuture<>();
		current.returned = returned;
		current.forwarded = forwarded;
		return forwarded;
	}

	void run(Runnable work) {
		as(work);
		CompletableFuture<?> future = this.returned;
		if (future == null) {
			this.done.complete(!this.failed);
			return;
		}
		future.whenComplete((value, failure) -> {
			as(() -> forward(value, failure));
			this.done.complete(!this.failed);
		});
	}

	private void as(Runnable work) {
		CURRENT.set(this);
		try {
			work.run();
		}
		finally {
			CURRENT.remove();
		}
	}

	private void forward(@Nullable Object value, @Nullable Throwable failure) {
		CompletableFuture<Object> target = this.forwarded;
		if (target == null) {
			return;
		}
		if (failure != null) {
			target.completeExceptionally(failure);
		}
		else {
			target.complete(value);
		}
	}

}
