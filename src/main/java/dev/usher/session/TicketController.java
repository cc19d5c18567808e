package dev.usher.session;

import dev.usher.access.Caller;
import dev.usher.audit.AuditEvent.Kind;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Gives out tickets, to callers that have a session for them to belong to. */
@RestController
class TicketController {

	private final Tickets tickets;

	private final SessionAudit audit;

	TicketController(Tickets tickets, SessionAudit audit) {
		this.tickets = tickets;
		this.audit = audit;
	}

	@PostMapping(path = "/auth/tickets", produces = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.CREATED)
	TicketAnswer issue(@AuthenticationPrincipal Caller caller, HttpServletRequest request) {
		TicketAnswer answer = this.tickets.issue(OwnSession.of(caller));
		this.audit.by(Kind.TICKET, caller, request.getRemoteAddr(), null, null);
		return answer;
	}

}
