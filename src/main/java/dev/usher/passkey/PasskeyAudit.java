package dev.usher.passkey;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;

/** What is written down of passkeys that are registered and removed. */
@Component
@ConditionalOnPasskeys
class PasskeyAudit {

	private final Audit audit;

	PasskeyAudit(Audit audit) {
		this.audit = audit;
	}

	/** Something was done. */
	void done(String what, Caller caller, HttpServletRequest request) {
		this.audit.record(event(what, caller, request));
	}

	/** Something was refused, or failed. */
	void failed(String what, Caller caller, HttpServletRequest request, RuntimeException failure) {
		this.audit.record(event(what, caller, request).becauseOf(failure));
	}

	private static AuditEvent event(String what, Caller caller, HttpServletRequest request) {
		return AuditEvent.of(AuditEvent.Kind.PASSKEY)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what(what)
			.session(caller.sessionId());
	}

}
