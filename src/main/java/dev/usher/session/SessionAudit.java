package dev.usher.session;

import dev.usher.access.Caller;
import dev.usher.account.WrongPasswordException;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.thread.Failures;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** What is written down of logins and what comes from them. */
@Component
class SessionAudit {

	private final Audit audit;

	SessionAudit(Audit audit) {
		this.audit = audit;
	}

	/**
	 * A login, or a try. A name that belongs to nobody is left out: people type their
	 * password where the name belongs.
	 * @param tried the name as the client wrote it
	 */
	void login(String tried, String address, @Nullable TokenAnswer answer, @Nullable Throwable failure) {
		AuditEvent event = AuditEvent.of(Kind.LOGIN).from(address).becauseOf(failure);
		if (answer != null) {
			event = event.who(tried).session(answer.sessionId());
		}
		else if (failure != null && Failures.unwrap(failure) instanceof WrongPasswordException wrong) {
			event = event.what(wrong.username());
		}
		else if (failure != null && Failures.unwrap(failure) instanceof WrongPasskeyException wrong) {
			event = event.what(wrong.username());
		}
		this.audit.record(event);
	}

	/** A login by passkey that succeeded. */
	void passkeyLogin(PasskeyLogin login, String address, TokenAnswer answer) {
		this.audit.record(AuditEvent.of(Kind.LOGIN)
			.who(login.account().username())
			.from(address)
			.what("passkey " + login.passkeyId())
			.session(answer.sessionId()));
	}

	/**
	 * A refresh.
	 * @param session the session, or null where the token belongs to none
	 */
	void refresh(String address, @Nullable SessionRow session, @Nullable Throwable failure) {
		AuditEvent event = AuditEvent.of(Kind.REFRESH).from(address).becauseOf(failure);
		this.audit.record((session != null) ? event.who(session.username()).session(session.sessionId()) : event);
	}

	void by(Kind kind, Caller caller, String address, @Nullable String what, @Nullable Throwable failure) {
		this.audit.record(AuditEvent.of(kind)
			.who(caller.name())
			.from(address)
			.what(what)
			.session(caller.sessionId())
			.becauseOf(failure));
	}

}
