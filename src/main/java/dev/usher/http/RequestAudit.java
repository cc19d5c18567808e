package dev.usher.http;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TokenRefusedException;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/**
 * Writes down the requests that were refused and that somebody may have to explain: every
 * bad token, everything that is forbidden, and what failed here. The line has the
 * incident that the answer has.
 */
@Component
class RequestAudit {

	private final Audit audit;

	RequestAudit(Audit audit) {
		this.audit = audit;
	}

	void refused(HttpServletRequest request, RefusedException refusal) {
		if (refusal.incident().isEmpty() && !(refusal instanceof TokenRefusedException) && !isProofOfCall(refusal)
				&& refusal.reason() != Reason.TOKEN_IN_URL) {
			return;
		}
		AuditEvent event = AuditEvent.of(Kind.REQUEST)
			.from(request.getRemoteAddr())
			.what(request.getMethod() + " " + path(request))
			.because(refusal);
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
			event = event.who(caller.name()).session(caller.sessionId());
		}
		this.audit.record(event);
	}

	/** Who gives tokens writes down by itself that a proof for one was bad. */
	private static boolean isProofOfCall(RefusedException refusal) {
		return refusal instanceof ProofRefusedException && refusal.httpStatus() == HttpServletResponse.SC_UNAUTHORIZED;
	}

	/** Never the query, which may hold anything. */
	private static String path(HttpServletRequest request) {
		Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
		return (failed instanceof String path) ? path : request.getRequestURI();
	}

}
