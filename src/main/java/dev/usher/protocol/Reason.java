package dev.usher.protocol;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused or a connection ended. The one table behind the {@code code}
 * of a problem document (RFC 9457), the {@code code} header of an ERROR frame and the
 * status of a WebSocket close (RFC 6455, section 7.4.2, private use).
 * <p>
 * Close numbers 4000 to 4499 say that the same client may come back; 4500 to 4999 that it
 * may not with the same credentials or the same frame. 4001 is left out because
 * {@code @stomp/stompjs} uses it for itself. The text is shown to strangers, so it never
 * names which part of a credential was bad.
 */
public enum Reason {

	AUTH_TIMEOUT("auth_timeout", 401, 4011, Retry.RECONNECT, "No CONNECT frame arrived in time."),
	TOKEN_EXPIRED("token_expired", 401, 4012, Retry.REFRESH, "The access token has expired."),
	SLOW_CONSUMER("slow_consumer", 503, 4013, Retry.RECONNECT, "This connection reads more slowly than it is sent to."),
	DRAINING("draining", 503, 4014, Retry.RECONNECT, "This node is going down."),
	OVERLOADED("overloaded", 503, 4015, Retry.RECONNECT, "Too much at once."),
	HEARTBEAT_LOST("heartbeat_lost", 408, 4016, Retry.RECONNECT, "The promised heart-beats stopped arriving."),
	INTERNAL_ERROR("internal_error", 500, 4017, Retry.RECONNECT, "Something went wrong here."),
	ISSUER_UNAVAILABLE("issuer_unavailable", 503, 4018, Retry.RECONNECT,
			"The keys of the token's issuer cannot be had now."),
	USE_NONCE("use_nonce", 401, 4019, Retry.RECONNECT, "The proof of possession needs this node's nonce."),
	STORAGE_UNAVAILABLE("storage_unavailable", 503, 4020, Retry.RECONNECT, "The storage cannot be reached."),
	ENDED("ended", 409, 4021, Retry.RECONNECT, "An operator ended this connection."),
	BAD_FRAME("bad_frame", 400, 4500, Retry.NO, "This is not a STOMP frame that may be sent now."),
	NOT_CONNECTED("not_connected", 400, 4501, Retry.NO, "Send CONNECT first and wait for CONNECTED."),
	UNAUTHORIZED("unauthorized", 401, 4502, Retry.LOGIN, "A valid credential is needed."),
	REVOKED("revoked", 401, 4503, Retry.LOGIN, "This session was ended."),
	FORBIDDEN("forbidden", 403, 4504, Retry.NO, "This is not allowed."),
	REPLACED("replaced", 409, 4505, Retry.NO, "A newer connection took the place of this one."),
	TOO_LARGE("too_large", 413, 4506, Retry.NO, "This is over a size limit."),

	BAD_REQUEST("bad_request", 400, "The request cannot be understood."),
	MISDIRECTED("misdirected", 421,
			"The host of this address is none of the gateway's. If it should be, its operator lists it in usher.hosts."),
	NOT_FOUND("not_found", 404, "There is nothing here."),
	UNKNOWN_USER("unknown_user", 404, 4500, Retry.NO, "There is no user of this name."),
	METHOD_NOT_ALLOWED("method_not_allowed", 405, "This method is not offered here."),
	NOT_ACCEPTABLE("not_acceptable", 406, "Answers are application/json."),
	UNSUPPORTED_MEDIA_TYPE("unsupported_media_type", 415, "The body must be application/json."),
	TOKEN_IN_URL("token_in_url", 400,
			"An access token must never be put in a URL, where logs keep it. Send it in the CONNECT frame."),
	BAD_CREDENTIALS("bad_credentials", 401, "The username or the password is wrong."),
	REFRESH_INVALID("refresh_invalid", 401, "The refresh token is unknown or has expired."),
	REFRESH_REUSED("refresh_reused", 401, "The refresh token was used before; its session has been ended."),
	INVALID_DPOP_PROOF("invalid_dpop_proof", 401, "The DPoP proof is not valid."),
	USE_DPOP_NONCE("use_dpop_nonce", 401, "The DPoP proof needs the nonce that the header DPoP-Nonce has."),
	TOO_MANY_ATTEMPTS("too_many_attempts", 429, "Too many failed attempts."),
	ACCOUNT_EXISTS("account_exists", 409, "An account of this name exists."),
	CLIENT_EXISTS("client_exists", 409, "A client of this id exists."),
	LOGIN_TOO_OLD("login_too_old", 403, "This needs a login of a few minutes ago at most. Log in again."),
	BAD_PASSKEY("bad_passkey", 422, "The passkey is not accepted."),
	PASSKEY_EXISTS("passkey_exists", 409, "This passkey is registered."),
	TOO_MANY_PASSKEYS("too_many_passkeys", 409, "The account has as many passkeys as it may have."),
	LAST_CREDENTIAL("last_credential", 409,
			"Nothing else would open the account. Give it a password or a passkey first."),
	LAST_ADMIN("last_admin", 409, "The last enabled administrator cannot be disabled, deleted or demoted."),
	WEAK_PASSWORD("weak_password", 422, "The password is too weak."),
	BAD_USERNAME("bad_username", 422, "The username is not allowed.");

	/** What the other side had better do, as the {@code retry} header says it. */
	public enum Retry {

		RECONNECT, REFRESH, LOGIN, NO;

		/** The word on the wire. */
		public String word() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

	private final String code;

	private final int httpStatus;

	private final int closeStatus;

	private final @Nullable Retry retry;

	private final String message;

	Reason(String code, int httpStatus, String message) {
		this(code, httpStatus, 0, null, message);
	}

	Reason(String code, int httpStatus, int closeStatus, @Nullable Retry retry, String message) {
		this.code = code;
		this.httpStatus = httpStatus;
		this.closeStatus = closeStatus;
		this.retry = retry;
		this.message = message;
	}

	/** The stable word that programs compare. */
	public String code() {
		return this.code;
	}

	/** The status of the HTTP answer. */
	public int httpStatus() {
		return this.httpStatus;
	}

	/** Whether a connection can end for this reason. */
	public boolean endsConnection() {
		return this.closeStatus != 0;
	}

	/** The status of the WebSocket close, 0 where no connection ends so. */
	public int closeStatus() {
		return this.closeStatus;
	}

	/** What the client of an ended connection had better do. */
	public Optional<Retry> retry() {
		return Optional.ofNullable(this.retry);
	}

	/**
	 * Whether each refusal has a name of its own, because somebody will ask an operator
	 * what was wrong.
	 */
	boolean isIncident() {
		return this == FORBIDDEN || this == UNAUTHORIZED || this == INTERNAL_ERROR;
	}

	/** A sentence that is safe to show to anybody. */
	public String message() {
		return this.message;
	}

}
