package dev.usher.session;

import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.account.Accounts;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.throttle.Attempt;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Changes the caller's own password, which ends all of their other sessions. */
@RestController
@RequestMapping("/auth")
class PasswordController {

	private final Accounts accounts;

	private final LoginThrottle throttle;

	private final SessionAudit audit;

	PasswordController(Accounts accounts, LoginThrottle throttle, SessionAudit audit) {
		this.accounts = accounts;
		this.throttle = throttle;
		this.audit = audit;
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
		catch (RuntimeException ex) {
			this.audit.by(Kind.PASSWORD, caller, address, null, ex);
			throw ex;
		}
		return this.accounts.changePassword(caller.name(), change.currentPassword(), change.newPassword(), kept)
			.whenComplete(LoginController.settle(attempt))
			.whenComplete((done, failure) -> this.audit.by(Kind.PASSWORD, caller, address, null, failure))
			.thenApply((done) -> ResponseEntity.noContent().build());
	}

}
