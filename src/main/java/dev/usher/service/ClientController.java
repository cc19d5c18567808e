package dev.usher.service;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.CacheControl;
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

/** The client calls of an administrator. */
@RestController
@RequestMapping("/admin/clients")
class ClientController {

	private static final int MAX_PAGE = 1000;

	private final Clients clients;

	private final Administration administration;

	private final Audit audit;

	ClientController(Clients clients, Administration administration, Audit audit) {
		this.clients = clients;
		this.administration = administration;
		this.audit = audit;
	}

	@PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<View> create(@AuthenticationPrincipal Caller caller, @RequestBody NewClient client,
			HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		Clients.Made made = this.clients.create(client);
		record(caller, request, "create " + made.client().id());
		// No character of an id needs escaping in a path.
		return ResponseEntity.created(URI.create("/admin/clients/" + made.client().id()))
			.cacheControl(CacheControl.noStore())
			.body(View.of(made.client(), made.secret()));
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	List<View> list(@AuthenticationPrincipal Caller caller, @RequestParam(defaultValue = "") String after,
			@RequestParam(defaultValue = "100") int limit) {
		this.administration.requireOperator(caller);
		if (limit < 1 || limit > MAX_PAGE) {
			throw new RefusedException(Reason.BAD_REQUEST, "Parameter \"limit\" must be from 1 to " + MAX_PAGE + ".");
		}
		if (!after.isEmpty() && !ClientRules.isId(after)) {
			throw ClientRules.bad("Parameter \"after\" is no id of a client.");
		}
		return this.clients.list(after, limit).stream().map((client) -> View.of(client, null)).toList();
	}

	@PatchMapping(path = "/{clientId}", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<View> change(@AuthenticationPrincipal Caller caller, @PathVariable String clientId,
			@RequestBody ClientChange change, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		Clients.Made changed = this.clients.change(clientId, change);
		record(caller, request, change.what() + " " + clientId);
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.body(View.of(changed.client(), changed.secret()));
	}

	@DeleteMapping("/{clientId}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@AuthenticationPrincipal Caller caller, @PathVariable String clientId, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		this.clients.delete(clientId);
		record(caller, request, "delete " + clientId);
	}

	private void record(Caller caller, HttpServletRequest request, String what) {
		this.audit.record(AuditEvent.of(AuditEvent.Kind.CLIENT)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what(what)
			.session(caller.sessionId()));
	}

	/**
	 * A client as it is shown.
	 *
	 * @param clientId its id
	 * @param clientSecret its secret, in the answer that made it and never again
	 * @param secrets the ids of its secrets, the newest last, where it has some
	 * @param scopes what it may be allowed
	 * @param jwks its public keys, where it has keys
	 * @param publish the patterns it may publish to, where it has some
	 * @param createdAt when it was made
	 */
	record View(String clientId, @Nullable String clientSecret, @Nullable List<String> secrets, Set<String> scopes,
			@Nullable Map<String, Object> jwks, @Nullable List<String> publish, Instant createdAt) {

		static View of(Client client, @Nullable String secret) {
			return new View(client.id(), secret, client.secretIds().isEmpty() ? null : client.secretIds(),
					new TreeSet<>(client.scopes()), keys(client.jwks()),
					client.publish().isEmpty() ? null : client.publish(), client.createdAt());
		}

		private static @Nullable Map<String, Object> keys(@Nullable String jwks) {
			try {
				return (jwks != null) ? JSONObjectUtils.parse(jwks) : null;
			}
			catch (java.text.ParseException ex) {
				throw new IllegalStateException("kept keys are no JSON", ex);
			}
		}

		/** Keeps the secret out of logs. */
		@Override
		public String toString() {
			return "View[" + this.clientId + "]";
		}

	}

}
