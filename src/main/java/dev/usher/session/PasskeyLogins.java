package dev.usher.session;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.throttle.Attempt;
import dev.usher.token.Secret;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Logs in by passkey: slowed, written down and answered as a login by password is. Blocks
 * for the database.
 */
@Component
class PasskeyLogins {

	/** No username has it, so no passkey shares a bucket with an account. */
	private static final String MARK = "#";

	private final ObjectProvider<PasskeyVerifier> verifier;

	private final Sessions sessions;

	private final LoginThrottle throttle;

	private final SessionAudit audit;

	PasskeyLogins(ObjectProvider<PasskeyVerifier> verifier, Sessions sessions, LoginThrottle throttle,
			SessionAudit audit) {
		this.verifier = verifier;
		this.sessions = sessions;
		this.throttle = throttle;
		this.audit = audit;
	}

	/**
	 * Logs in.
	 * @throws RefusedException {@link Reason#BAD_CREDENTIALS},
	 * {@link Reason#TOO_MANY_ATTEMPTS}, or {@link Reason#BAD_REQUEST} where passkeys are
	 * not configured
	 */
	TokenAnswer login(JsonNode assertion, String address, NewSession opening) {
		PasskeyVerifier configured = this.verifier.getIfAvailable();
		if (configured == null) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"passkey\": there are no passkeys here.");
		}
		Attempt attempt = null;
		try {
			attempt = this.throttle.login(bucket(assertion), address);
			PasskeyLogin login = configured.verify(assertion);
			TokenAnswer answer = this.sessions.login(login, opening);
			attempt.succeeded();
			this.audit.passkeyLogin(login, address, answer);
			return answer;
		}
		catch (RuntimeException ex) {
			if (attempt != null) {
				attempt.failed(ex);
			}
			this.audit.login("", address, null, ex);
			throw ex;
		}
	}

	/**
	 * A passkey has a bucket as an account has one: its name is known at addresses where
	 * it was good, and what strangers do elsewhere does not hold it up there.
	 */
	private static String bucket(JsonNode assertion) {
		return MARK + Secret.hash(assertion.path("id").asString(""));
	}

}
