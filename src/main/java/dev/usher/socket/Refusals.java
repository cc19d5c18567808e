package dev.usher.socket;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import dev.usher.protocol.RefusedException;

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
			if (ex.getCause() instanceof RefusedException refused) {
				throw refused;
			}
			throw ex;
		}
	}

}
