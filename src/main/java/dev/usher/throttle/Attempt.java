package dev.usher.throttle;

import java.time.Duration;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/**
 * A try to get in by a password or a secret. It has taken its tokens and gets them back
 * unless it fails, so that many at once are no way around a limit.
 *
 * @param giveBack gives the tokens back
 * @param remember notes that it succeeded
 */
public record Attempt(Runnable giveBack, Runnable remember) {

	/** Ends a try that succeeded: notes the success and returns the tokens. */
	public void succeeded() {
		this.remember.run();
		this.giveBack.run();
	}

	/**
	 * Ends a try that failed: a wrong guess costs its tokens, any other failure returns
	 * them.
	 */
	public void failed(Throwable failure) {
		boolean wrong = failure instanceof RefusedException refused && isGuess(refused.reason());
		if (!wrong) {
			this.giveBack.run();
		}
	}

	private static boolean isGuess(Reason reason) {
		return reason == Reason.BAD_CREDENTIALS || reason == Reason.REFRESH_INVALID || reason == Reason.REFRESH_REUSED;
	}

	/** What is thrown where there is no token for one more. */
	public static RefusedException tooMany(long waitMillis) {
		return new RefusedException(Reason.TOO_MANY_ATTEMPTS, Reason.TOO_MANY_ATTEMPTS.message(),
				Duration.ofMillis(waitMillis));
	}

}
