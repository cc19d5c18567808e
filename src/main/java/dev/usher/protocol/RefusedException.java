package dev.usher.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * A request or a frame was refused. Thrown wherever the refusal is found; turned into a
 * problem document or an ERROR frame in one place each. Its message is sent to the other
 * side as it is, so it must hold nothing inner and no secret. Has no stack trace: a
 * refusal is an answer, and a stranger can cause any number of them.
 */
public class RefusedException extends RuntimeException {

	/**
	 * The name of the attribute of a request with the refusal that its answer is to tell.
	 */
	public static final String ATTRIBUTE = RefusedException.class.getName();

	private static final int TOO_MANY_REQUESTS = 429;

	private final Reason reason;

	private final @Nullable Duration retryAfter;

	private final int httpStatus;

	private final Map<String, Object> members;

	private final @Nullable String incident;

	public RefusedException(Reason reason) {
		this(reason, reason.message());
	}

	public RefusedException(Reason reason, String message) {
		this(reason, message, null);
	}

	public RefusedException(Reason reason, String message, @Nullable Duration retryAfter) {
		this(reason, message, retryAfter, reason.httpStatus(), Map.of(),
				reason.isIncident() ? IncidentId.create() : null);
	}

	private RefusedException(Reason reason, String message, @Nullable Duration retryAfter, int httpStatus,
			Map<String, Object> members, @Nullable String incident) {
		super(message, null, false, false);
		this.reason = reason;
		this.retryAfter = retryAfter;
		this.httpStatus = httpStatus;
		this.members = members;
		this.incident = incident;
	}

	/** For refusals with a word of their own. */
	RefusedException(Reason reason, String message, int httpStatus) {
		this(reason, message, null, httpStatus, Map.of(), reason.isIncident() ? IncidentId.create() : null);
	}

	/**
	 * A quota is full: {@link Reason#OVERLOADED}, over HTTP 429 and not 503, because it
	 * is not this node that has too much to do, and another would refuse it too.
	 */
	public static RefusedException ofQuota(String message, Duration retryAfter) {
		return new RefusedException(Reason.OVERLOADED, message, retryAfter, TOO_MANY_REQUESTS, Map.of(), null);
	}

	/** A refusal whose HTTP answer has a status of its own, instead of the reason's. */
	public static RefusedException ofStatus(int httpStatus, Reason reason, String message) {
		return new RefusedException(reason, message, null, httpStatus, Map.of(), null);
	}

	/**
	 * The same with another sentence, and a further member of the problem document. The
	 * incident stays the same.
	 */
	public RefusedException with(String message, String member, Object value) {
		return new RefusedException(this.reason, message, this.retryAfter, this.httpStatus, Map.of(member, value),
				this.incident);
	}

	public Reason reason() {
		return this.reason;
	}

	/** The status of the HTTP answer. */
	public int httpStatus() {
		return this.httpStatus;
	}

	/** Further members of the problem document. */
	public Map<String, Object> members() {
		return this.members;
	}

	/** A sentence that is safe to show to anybody. */
	public String text() {
		return (getMessage() != null) ? getMessage() : this.reason.message();
	}

	/** The word for why in the log and the metrics: one of few. */
	public String word() {
		return this.reason.code();
	}

	/** What names this refusal, here and in the audit log; 8 characters. */
	public Optional<String> incident() {
		return Optional.ofNullable(this.incident);
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
