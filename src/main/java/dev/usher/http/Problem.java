package dev.usher.http;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * A problem document (RFC 9457) with the member {@code code}. Its type is
 * {@code about:blank}, which is what absent means; programs compare the code.
 *
 * @param title the status in words
 * @param status the status of the answer
 * @param detail a sentence that is safe to show to anybody
 * @param code the stable word of the {@link Reason}
 * @param id the incident once more, for {@code internal_error} alone
 * @param incident what names this refusal in the audit log, or absent
 * @param members further members that a call may have, by name
 */
public record Problem(String title, int status, String detail, String code, @Nullable String id,
		@Nullable String incident, @JsonAnyGetter Map<String, Object> members) {

	/** RFC 9110, section 15.5.20, which Spring has no word for. */
	private static final int MISDIRECTED = 421;

	public static Problem of(RefusedException refusal) {
		String incident = refusal.incident().orElse(null);
		return new Problem(title(refusal.httpStatus()), refusal.httpStatus(), refusal.text(), refusal.reason().code(),
				(refusal.reason() == Reason.INTERNAL_ERROR) ? incident : null, incident, refusal.members());
	}

	/** The problem of a reason, with the reason's own sentence. */
	public static Problem of(Reason reason) {
		return of(reason, reason.message());
	}

	static Problem of(Reason reason, String detail) {
		return of(reason.httpStatus(), reason, detail);
	}

	static Problem of(int status, Reason reason, String detail) {
		return new Problem(title(status), status, detail, reason.code(), null, null, Map.of());
	}

	/**
	 * The problem behind a status that the container or the framework chose, of which
	 * nothing else may be shown.
	 */
	public static Problem ofStatus(int status) {
		Reason reason = switch (status) {
			case 401 -> Reason.UNAUTHORIZED;
			case 403 -> Reason.FORBIDDEN;
			case 404 -> Reason.NOT_FOUND;
			case 405 -> Reason.METHOD_NOT_ALLOWED;
			case 406 -> Reason.NOT_ACCEPTABLE;
			case 413, 414, 431 -> Reason.TOO_LARGE;
			case MISDIRECTED -> Reason.MISDIRECTED;
			case 415 -> Reason.UNSUPPORTED_MEDIA_TYPE;
			case 503 -> Reason.OVERLOADED;
			// What the client asked for is not there, in HTTP itself.
			case 501, 505 -> Reason.BAD_REQUEST;
			default -> (status < 500) ? Reason.BAD_REQUEST : Reason.INTERNAL_ERROR;
		};
		return of(status, reason, reason.message());
	}

	private static String title(int status) {
		if (status == MISDIRECTED) {
			return "Misdirected Request";
		}
		HttpStatus known = HttpStatus.resolve(status);
		return (known != null) ? known.getReasonPhrase() : "Error";
	}

}
