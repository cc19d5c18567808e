package dev.usher.operation;

import java.util.regex.Pattern;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.account.MeantAccounts;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.ConnectionFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who is connected, and how a connection is ended. */
@RestController
@RequestMapping("/admin/connections")
class ConnectionController {

	private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

	private final ConnectionList connections;

	private final MeantAccounts accounts;

	private final Administration administration;

	private final Audit audit;

	ConnectionController(ConnectionList connections, MeantAccounts accounts, Administration administration,
			Audit audit) {
		this.connections = connections;
		this.accounts = accounts;
		this.administration = administration;
		this.audit = audit;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	ConnectionPage list(@AuthenticationPrincipal Caller caller, @RequestParam @Nullable String username,
			@RequestParam @Nullable String address, @RequestParam @Nullable String session,
			@RequestParam @Nullable String node, @RequestParam @Nullable String after,
			@RequestParam(defaultValue = Parameters.USUAL_PAGE) int limit) {
		this.administration.requireOperator(caller);
		Parameters.checkLimit(limit, Parameters.MAX_PAGE);
		Parameters.checkWord("username", username);
		Parameters.checkWord("session", session);
		Parameters.checkWord("node", node);
		Parameters.checkAddress(address);
		String name = (username != null) ? this.accounts.spell(username) : null;
		return this.connections.page(new ConnectionFilter(name, session, address), node, ConnectionPlace.parse(after),
				limit);
	}

	/** The client is told {@code ended}; its token goes on, and it may come back. */
	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void end(@AuthenticationPrincipal Caller caller, @PathVariable String id, HttpServletRequest request) {
		this.administration.requireOperator(caller);
		if (!ID.matcher(id).matches() || !this.connections.end(id)) {
			throw new RefusedException(Reason.NOT_FOUND, "There is no connection of this id.");
		}
		this.audit.record(AuditEvent.of(AuditEvent.Kind.CONNECTION)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what("end " + id)
			.session(caller.sessionId()));
	}

}
