package dev.usher.session;

import java.time.Clock;
import java.time.Instant;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.account.Administration;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.token.Revocation;
import dev.usher.token.Revocations;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * An administrator's revocations. Without a time, what is named ends as a whole: a
 * session with its refresh token, a user with all sessions; with one, the tokens alone
 * that were minted before.
 */
@RestController
class RevocationController {

	private final Administration administration;

	private final Accounts accounts;

	private final Sessions sessions;

	private final Revocations revocations;

	private final SessionAudit audit;

	private final Clock clock;

	RevocationController(Administration administration, Accounts accounts, Sessions sessions, Revocations revocations,
			SessionAudit audit, Clock clock) {
		this.administration = administration;
		this.accounts = accounts;
		this.sessions = sessions;
		this.revocations = revocations;
		this.audit = audit;
		this.clock = clock;
	}

	@PostMapping("/admin/revocations")
	@ResponseStatus(HttpStatus.CREATED)
	View revoke(@AuthenticationPrincipal Caller caller, @RequestBody RevocationRequest request,
			HttpServletRequest http) {
		this.administration.requireAdministrator(caller);
		Instant now = this.clock.instant();
		Revocation.Kind kind = request.kind();
		String value = (kind == Revocation.Kind.USER) ? canonical(request.value()) : request.value();
		Instant before = request.before(now);
		Revocation revocation = this.revocations.lasting(kind, value, before(kind, before, now));
		if (before == null) {
			endSessions(kind, value);
		}
		this.revocations.revoke(revocation);
		this.audit.by(Kind.REVOCATION, caller, http.getRemoteAddr(), kind.name().toLowerCase() + " " + value, null);
		return View.of(revocation);
	}

	/** Names of accounts are in any case; those of other issuers are as they are. */
	private String canonical(String username) {
		return this.accounts.find(username).map(Account::username).orElse(username);
	}

	/**
	 * A user must be able to log in again afterwards; to keep somebody out is to disable
	 * the account. The ids of sessions and tokens are never given twice.
	 */
	private static @Nullable Instant before(Revocation.Kind kind, @Nullable Instant given, Instant now) {
		return (given == null && kind == Revocation.Kind.USER) ? now : given;
	}

	private void endSessions(Revocation.Kind kind, String value) {
		switch (kind) {
			case USER -> this.sessions.endAll(value, null);
			case SESSION -> this.sessions.end(value);
			case TOKEN -> {
				// The session goes on; it may get another.
			}
		}
	}

	/**
	 * What was made.
	 *
	 * @param username whose tokens died, or absent
	 * @param sessionId the session whose tokens died, or absent
	 * @param tokenId the token that died, or absent
	 * @param issuedBefore only those minted before, in seconds, or absent
	 * @param expiresAt until when it is remembered
	 */
	record View(@Nullable String username, @Nullable String sessionId, @Nullable String tokenId,
			@Nullable Long issuedBefore, Instant expiresAt) {

		static View of(Revocation revocation) {
			Instant before = revocation.issuedBefore();
			return new View(named(revocation, Revocation.Kind.USER), named(revocation, Revocation.Kind.SESSION),
					named(revocation, Revocation.Kind.TOKEN), (before != null) ? before.getEpochSecond() : null,
					revocation.expiresAt());
		}

		private static @Nullable String named(Revocation revocation, Revocation.Kind kind) {
			return (revocation.kind() == kind) ? revocation.value() : null;
		}

	}

}
