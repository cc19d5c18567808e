package dev.usher.session;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
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
	 * A login, or a try.
	 * @param tried the name as the client wrote it, which may belong to nobody
	 */
	void login(String tried, String address, @Nullable TokenAnswer answer, @Nullable Throwable failure) {
		AuditEvent event = AuditEvent.of(Kind.LOGIN).from(address).what(tried).because(reason(failure));
		this.audit.record((answer != null) ? event.who(tried).session(answer.sessionId()) : event);
	}

	void refresh(String address, @Nullable String session, @Nullable Throwable failure) {
		this.audit.record(AuditEvent.of(Kind.REFRESH).from(address).session(session).because(reason(failure)));
	}

	void by(Kind kind, Caller caller, String address, @Nullable String what, @Nullable Throwable failure) {
		this.audit.record(AuditEvent.of(kind)
			.who(caller.name())
			.from(address)
			.what(what)
			.session(caller.sessionId())
			.because(reason(failure)));
	}

	private static @Nullable Reason reason(@Nullable Throwable failure) {
		if (failure == null) {
			return null;
		}
		Throwable cause = (failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null)
				? failure.getCause() : failure;
		return (cause instanceof RefusedException refused) ? refused.reason() : Reason.INTERNAL_ERROR;
	}

}
