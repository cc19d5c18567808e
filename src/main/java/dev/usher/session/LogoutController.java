package dev.usher.session;

import java.util.List;

import dev.usher.access.Caller;
import dev.usher.audit.AuditEvent.Kind;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Ends sessions: the caller's own, one of their others, or all. */
@RestController
@RequestMapping("/auth")
class LogoutController {

	private final Sessions sessions;

	private final SessionAudit audit;

	LogoutController(Sessions sessions, SessionAudit audit) {
		this.sessions = sessions;
		this.audit = audit;
	}

	@PostMapping("/logout")
	ResponseEntity<Void> logout(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
		this.sessions.end(OwnSession.of(caller));
		this.audit.by(Kind.LOGOUT, caller, request.getRemoteAddr(), null, null);
		return goodbye(request);
	}

	@DeleteMapping("/sessions/{sessionId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void end(@AuthenticationPrincipal Caller caller, @PathVariable String sessionId, HttpServletRequest request) {
		OwnSession.of(caller);
		this.sessions.endOwn(caller.name(), sessionId);
		this.audit.by(Kind.LOGOUT, caller, request.getRemoteAddr(), sessionId, null);
	}

	@DeleteMapping("/sessions")
	ResponseEntity<Void> endAll(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
		OwnSession.of(caller);
		this.sessions.endAll(caller.name(), null);
		this.audit.by(Kind.LOGOUT, caller, request.getRemoteAddr(), "all", null);
		return goodbye(request);
	}

	/** Takes the cookies back, where there may be some. */
	private static ResponseEntity<Void> goodbye(HttpServletRequest request) {
		boolean secure = request.isSecure();
		List<ResponseCookie> cookies = (request.getHeader(HttpHeaders.COOKIE) != null) ? SessionCookie.clear(secure)
				: List.of();
		ResponseEntity.HeadersBuilder<?> response = ResponseEntity.noContent();
		cookies.forEach((each) -> response.header(HttpHeaders.SET_COOKIE, each.toString()));
		return response.build();
	}

}
