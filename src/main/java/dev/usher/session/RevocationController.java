package dev.usher.session;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.account.Administration;
import dev.usher.account.MeantAccounts;
import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.Revocation;
import dev.usher.token.Revocations;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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

	private final MeantAccounts meant;

	private final Revocations revocations;

	private final SessionAudit audit;

	private final Clock clock;

	RevocationController(Administration administration, Accounts accounts, Sessions sessions, MeantAccounts meant,
			Revocations revocations, SessionAudit audit, Clock clock) {
		this.administration = administration;
		this.accounts = accounts;
		this.sessions = sessions;
		this.meant = meant;
		this.revocations = revocations;
		this.audit = audit;
		this.clock = clock;
	}

	@PostMapping(path = "/admin/revocations", produces = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	View revoke(@AuthenticationPrincipal Caller caller, @RequestBody RevocationRequest request,
			HttpServletRequest http) {
		this.administration.requireAdministrator(caller);
		String issuer = request.issuer();
		if (issuer != null && !this.revocations.isTrusted(issuer)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"issuer\" is no issuer that is trusted here.");
		}
		List<Revocation> made = new ArrayList<>();
		for (String value : values(request)) {
			made.add(revoke(request, value));
			this.audit.by(Kind.REVOCATION, caller, http.getRemoteAddr(), what(request, value), null);
		}
		return View.of(made.get(0));
	}

	private Revocation revoke(RevocationRequest request, String value) {
		Instant now = this.clock.instant();
		Revocation.Kind kind = request.kind();
		Instant before = request.before(now);
		Revocation revocation = this.revocations.lasting(kind, value, before(kind, before, now))
			.ofIssuer(request.issuer());
		if (before == null && isOurs(request.issuer())) {
			endSessions(kind, value);
		}
		this.revocations.revoke(revocation);
		return revocation;
	}

	private static String what(RevocationRequest request, String value) {
		String what = request.kind().name().toLowerCase(Locale.ROOT) + " " + value;
		return (request.issuer() != null) ? what + " of " + request.issuer() : what;
	}

	/** Whether sessions here are meant too. */
	private boolean isOurs(@Nullable String issuer) {
		return issuer == null || issuer.equals(this.revocations.ownIssuer());
	}

	/**
	 * Names of accounts are in any case; those of other issuers are as they are. Where a
	 * name is an account's in another case and nobody from elsewhere has it, the account
	 * is meant; the name as it is dies with it, in case somebody comes by it yet.
	 */
	private List<String> values(RevocationRequest request) {
		String value = request.value();
		if (request.kind() != Revocation.Kind.USER || !isOurs(request.issuer())) {
			return List.of(value);
		}
		if (request.issuer() != null) {
			return List.of(this.accounts.find(value).map(Account::username).orElse(value));
		}
		String meant = this.meant.spell(value);
		return meant.equals(value) ? List.of(value) : List.of(meant, value);
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
	 * @param issuer whose tokens alone, or absent
	 * @param issuedBefore only those minted before, in seconds, or absent
	 * @param expiresAt until when it is remembered
	 */
	record View(@Nullable String username, @Nullable String sessionId, @Nullable String tokenId,
			@Nullable String issuer, @Nullable Long issuedBefore, Instant expiresAt) {

		static View of(Revocation revocation) {
			Instant before = revocation.issuedBefore();
			return new View(named(revocation, Revocation.Kind.USER), named(revocation, Revocation.Kind.SESSION),
					named(revocation, Revocation.Kind.TOKEN), revocation.issuer(),
					(before != null) ? before.getEpochSecond() : null, revocation.expiresAt());
		}

		private static @Nullable String named(Revocation revocation, Revocation.Kind kind) {
			return (revocation.kind() == kind) ? revocation.value() : null;
		}

	}

}
