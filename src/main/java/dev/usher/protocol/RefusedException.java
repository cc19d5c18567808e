package dev.usher.protocol;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A request or a frame was refused. Thrown wherever the refusal is found; turned into a
 * problem document or an ERROR frame in one place each. Its message is sent to the other
 * side as it is, so it must hold nothing inner and no secret. Has no stack trace: a
 * refusal is an answer, and a stranger can cause any number of them.
 */
public class RefusedException extends RuntimeException {

	private final Reason reason;

	private final @Nullable Duration retryAfter;

	public RefusedException(Reason reason) {
		this(reason, reason.message());
	}

	public RefusedException(Reason reason, String message) {
		this(reason, message, null);
	}

	public RefusedException(Reason reason, String message, @Nullable Duration retryAfter) {
		super(message, null, false, false);
		this.reason = reason;
		this.retryAfter = retryAfter;
	}

	public Reason reason() {
		return this.reason;
	}

	/** A sentence that is safe to show to anybody. */
	public String text() {
		return (getMessage() != null) ? getMessage() : this.reason.message();
	}

	/** A wait in whole seconds, rounded up: who comes too early is refused again. */
	public static String seconds(Duration wait) {
		return String.valueOf(Math.max(1, (wait.toMillis() + 999) / 1000));
	}

	/** How long the other side had better wait, where that helps. */
	public Optional<Duration> retryAfter() {
		return Optional.ofNullable(this.retryAfter);
	}

}
