package dev.usher.thread;

import java.util.concurrent.CompletionException;

/** Takes a failure out of what a stage that completed with it wraps it in. */
public final class Failures {

	private Failures() {
	}

	/** The cause of a {@link CompletionException}; any other failure as it is. */
	public static Throwable unwrap(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : null;
		return (cause != null) ? cause : failure;
	}

}
