package dev.usher.passkey;

import java.net.URI;
import java.util.List;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.protocol.CheckedBody;
import dev.usher.protocol.MemberRules;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.OwnSession;
import dev.usher.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The caller's own passkeys. A thief with a session could make a way in that outlives it,
 * or take the owner's away, so both need a login of a few minutes ago.
 */
@RestController
@RequestMapping("/auth/passkeys")
@ConditionalOnPasskeys
class PasskeyController {

	private static final String UNNAMED = "Passkey";

	private final PasskeyCeremonies ceremonies;

	private final Passkeys passkeys;

	private final Sessions sessions;

	private final Accounts accounts;

	private final PasskeyAudit audit;

	private final WebauthnProperties properties;

	PasskeyController(PasskeyCeremonies ceremonies, Passkeys passkeys, Sessions sessions, Accounts accounts,
			PasskeyAudit audit, WebauthnProperties properties) {
		this.ceremonies = ceremonies;
		this.passkeys = passkeys;
		this.sessions = sessions;
		this.accounts = accounts;
		this.audit = audit;
		this.properties = properties;
	}

	@PostMapping(path = "/options", produces = MediaType.APPLICATION_JSON_VALUE)
	JsonNode options(@AuthenticationPrincipal Caller caller) {
		String sessionId = this.sessions.requireFresh(caller, this.properties.fresh());
		return this.ceremonies.beginRegistration(account(caller), sessionId);
	}

	@PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<PasskeyView> register(@AuthenticationPrincipal Caller caller, @RequestBody Registration registration,
			HttpServletRequest request) {
		try {
			String sessionId = this.sessions.requireFresh(caller, this.properties.fresh());
			String name = Passkeys.checkedName((registration.name() != null) ? registration.name() : UNNAMED);
			Passkey made = this.ceremonies.register(registration.credential(), name, account(caller), sessionId);
			this.audit.done("register " + made.id(), caller, request);
			return ResponseEntity.created(URI.create("/auth/passkeys/" + made.id())).body(PasskeyView.of(made));
		}
		catch (RuntimeException ex) {
			this.audit.failed("register", caller, request, ex);
			throw ex;
		}
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	List<PasskeyView> list(@AuthenticationPrincipal Caller caller) {
		OwnSession.of(caller);
		return this.passkeys.list(caller.name()).stream().map(PasskeyView::of).toList();
	}

	@PatchMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
	PasskeyView rename(@AuthenticationPrincipal Caller caller, @PathVariable String id,
			@RequestBody Renaming renaming) {
		OwnSession.of(caller);
		return PasskeyView.of(this.passkeys.rename(caller.name(), id, renaming.name()));
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@AuthenticationPrincipal Caller caller, @PathVariable String id, HttpServletRequest request) {
		try {
			String sessionId = this.sessions.requireFresh(caller, this.properties.fresh());
			this.passkeys.remove(caller.name(), id, sessionId);
			this.audit.done("remove " + id, caller, request);
		}
		catch (RuntimeException ex) {
			this.audit.failed("remove", caller, request, ex);
			throw ex;
		}
	}

	/** Somebody from elsewhere has a session here, and no account. */
	private Account account(Caller caller) {
		return this.accounts.findEnabled(caller.name())
			.orElseThrow(() -> new RefusedException(Reason.FORBIDDEN, "Your account is kept elsewhere."));
	}

	/**
	 * The body of {@code POST /auth/passkeys}.
	 *
	 * @param credential a {@code RegistrationResponseJSON} of WebAuthn
	 * @param name what to call it; "Passkey" where absent
	 */
	record Registration(JsonNode credential, @Nullable String name) implements CheckedBody {

		@Override
		public void check() {
			MemberRules.required("credential", this.credential);
		}

	}

	/**
	 * The body of {@code PATCH /auth/passkeys/{id}}.
	 *
	 * @param name what to call it from now on
	 */
	record Renaming(String name) implements CheckedBody {

		@Override
		public void check() {
			MemberRules.required("name", this.name);
		}

	}

}
