package dev.usher.client.java;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** What went wrong, what helps, and the incident by which an operator finds it. */
public final class UsherException extends RuntimeException {

	private static final Set<String> LOGIN = Set.of("unauthorized", "revoked", "signed_out", "invalid_client");

	private static final Set<String> NO = Set.of("bad_frame", "unknown_user", "not_connected", "forbidden", "replaced",
			"too_large", "bad_request", "not_found", "bad_destination", "closed", "misdirected", "invalid_request",
			"invalid_scope", "invalid_grant", "unauthorized_client", "unsupported_grant_type");

	private final String code;

	private final Retry retry;

	private final @Nullable Duration retryAfter;

	private final @Nullable String incident;

	UsherException(String code, String text, @Nullable Retry retry, @Nullable Duration retryAfter,
			@Nullable String incident) {
		super(code + ": " + text + ((incident != null) ? " (incident " + incident + ")" : ""));
		this.code = code;
		this.retry = (retry != null) ? retry : code.equals("token_expired") ? Retry.REFRESH
				: LOGIN.contains(code) ? Retry.LOGIN : NO.contains(code) ? Retry.NO : Retry.RECONNECT;
		this.retryAfter = retryAfter;
		this.incident = incident;
	}

	UsherException(String code, String text) {
		this(code, text, null, null, null);
	}

	/** Reads the headers of an ERROR, or the error of one message. */
	static UsherException of(Map<?, ?> error) {
		return of(error, "internal_error", "It was refused.", error.get("retry-after"));
	}

	/** Reads a problem document, an error of OAuth 2, or what a proxy made of either. */
	static UsherException of(HttpResponse<String> answer) {
		int status = answer.statusCode();
		String fallback = (status == 401) ? "unauthorized"
				: (status < 500 && status != 429) ? "bad_request" : "unreachable";
		return of((JsonText.read(answer.body()) instanceof Map<?, ?> body) ? body : Map.of(), fallback,
				"The gateway answered " + status + ".", answer.headers().firstValue("Retry-After").orElse(null));
	}

	static UsherException of(@Nullable Throwable cause, String code, String text) {
		return (cause instanceof UsherException known) ? known : new UsherException(code, text + cause);
	}

	private static UsherException of(Map<?, ?> error, String code, String text, @Nullable Object after) {
		Retry retry = null;
		for (Retry each : Retry.values()) {
			retry = each.name().toLowerCase(Locale.ROOT).equals(error.get("retry")) ? each : retry;
		}
		return new UsherException(first(error, code, "code", "error"),
				first(error, text, "detail", "error_description", "message"), retry, seconds(after),
				(error.get("incident") instanceof String incident) ? incident : null);
	}

	private static String first(Map<?, ?> map, String fallback, String... names) {
		return Stream.of(names)
			.filter((name) -> map.get(name) instanceof String)
			.map((name) -> (String) map.get(name))
			.findFirst()
			.orElse(fallback);
	}

	static @Nullable Duration seconds(@Nullable Object value) {
		return (value instanceof String text && text.matches("[1-9]\\d{0,8}"))
				? Duration.ofSeconds(Long.parseLong(text)) : null;
	}

	/**
	 * The stable word: one of the gateway's, or {@code connection_lost},
	 * {@code unreachable}, {@code timeout}, {@code bad_destination}, {@code signed_out}
	 * or {@code closed} of this client.
	 */
	public String code() {
		return this.code;
	}

	/** What helps; what the client can do by itself it has done. */
	public Retry retry() {
		return this.retry;
	}

	/** How long the gateway asks to wait, null where it does not say. */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/** What the gateway's audit log calls this refusal, null where it does not say. */
	public @Nullable String incident() {
		return this.incident;
	}

	/** The same again later, with a newer token, with other credentials; or nothing. */
	public enum Retry {

		RECONNECT, REFRESH, LOGIN, NO

	}

}
