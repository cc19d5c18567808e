package dev.usher.socket;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import dev.usher.protocol.RefusedException;
import dev.usher.thread.Failures;

/** Takes a refusal out of what a completed stage wraps it in. */
final class Refusals {

	private Refusals() {
	}

	/** The value of a stage that is done, or the refusal it ended with. */
	static <T> T join(CompletionStage<T> done) {
		try {
			return done.toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			if (Failures.unwrap(ex) instanceof RefusedException refused) {
				throw refused;
			}
			throw ex;
		}
	}

}
