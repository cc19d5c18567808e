package dev.usher.account;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The account calls of an administrator. */
@RestController
@RequestMapping("/admin/accounts")
class AccountController {

	private static final int MAX_PAGE = 1000;

	private final Administration administration;

	private final Audit audit;

	AccountController(Administration administration, Audit audit) {
		this.administration = administration;
		this.audit = audit;
	}

	@PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	CompletableFuture<ResponseEntity<View>> create(@AuthenticationPrincipal Caller caller,
			@RequestBody NewAccount account, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		AuditEvent event = event(caller, request, "create " + account.username());
		return this.administration.create(account.username(), account.givenPassword(), account.roles())
			.whenComplete((made, failure) -> record(event, failure))
			// No character of a username needs escaping in a path.
			.thenApply((made) -> ResponseEntity.created(URI.create("/admin/accounts/" + made.username()))
				.body(View.of(made)));
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	List<View> list(@AuthenticationPrincipal Caller caller, @RequestParam(defaultValue = "") String after,
			@RequestParam(defaultValue = "100") int limit) {
		this.administration.requireOperator(caller);
		if (limit < 1 || limit > MAX_PAGE) {
			throw new RefusedException(Reason.BAD_REQUEST, "Parameter \"limit\" must be from 1 to " + MAX_PAGE + ".");
		}
		if (!after.isEmpty() && !AccountRules.isUsername(after)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Parameter \"after\" is no username.");
		}
		return this.administration.list(after, limit).stream().map(View::of).toList();
	}

	@PatchMapping(path = "/{username}", produces = MediaType.APPLICATION_JSON_VALUE)
	CompletableFuture<View> change(@AuthenticationPrincipal Caller caller, @PathVariable String username,
			@RequestBody AccountChange change, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		AuditEvent event = event(caller, request, change.what() + " " + username);
		return this.administration.change(username, change)
			.whenComplete((changed, failure) -> record(event, failure))
			.thenApply(View::of);
	}

	@DeleteMapping("/{username}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@AuthenticationPrincipal Caller caller, @PathVariable String username, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		this.administration.delete(username);
		record(event(caller, request, "delete " + username), null);
	}

	private static AuditEvent event(Caller caller, HttpServletRequest request, String what) {
		return AuditEvent.of(AuditEvent.Kind.ACCOUNT)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what(what)
			.session(caller.sessionId());
	}

	private void record(AuditEvent event, @Nullable Throwable failure) {
		this.audit.record(event.becauseOf(failure));
	}

	/**
	 * An account as it is shown.
	 *
	 * @param username the name
	 * @param roles in the order of the alphabet
	 * @param disabled whether they are kept out
	 * @param createdAt when it was made
	 */
	record View(String username, Set<String> roles, boolean disabled, Instant createdAt) {

		static View of(Account account) {
			return new View(account.username(), new TreeSet<>(account.roles()), account.disabled(),
					account.createdAt());
		}

	}

}
