package dev.usher.session;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.account.Accounts;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.RefusedException;
import dev.usher.throttle.Attempt;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Log out, here or elsewhere, and what logs out elsewhere: another password. */
@RestController
@RequestMapping("/auth")
class EndingController {

	private final Sessions sessions;

	private final Accounts accounts;

	private final LoginThrottle throttle;

	private final SessionAudit audit;

	EndingController(Sessions sessions, Accounts accounts, LoginThrottle throttle, SessionAudit audit) {
		this.sessions = sessions;
		this.accounts = accounts;
		this.throttle = throttle;
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

	@PostMapping("/password")
	CompletableFuture<ResponseEntity<Void>> changePassword(@AuthenticationPrincipal Caller caller,
			@RequestBody PasswordRequest change, HttpServletRequest request) {
		String address = request.getRemoteAddr();
		String kept = OwnSession.of(caller);
		Attempt attempt;
		try {
			attempt = this.throttle.passwordChange(kept);
		}
		catch (RefusedException ex) {
			this.audit.by(Kind.PASSWORD, caller, address, null, ex);
			throw ex;
		}
		return this.accounts.changePassword(caller.name(), change.currentPassword(), change.newPassword(), kept)
			.whenComplete(LoginController.settle(attempt))
			.whenComplete((done, failure) -> this.audit.by(Kind.PASSWORD, caller, address, null, failure))
			.thenApply((done) -> ResponseEntity.noContent().build());
	}

}
