package dev.usher.node;

import java.util.List;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The calls of an administrator about nodes. */
@RestController
@RequestMapping("/admin/nodes")
class NodeController {

	private final NodeDirectory nodes;

	private final Administration administration;

	private final Audit audit;

	NodeController(NodeDirectory nodes, Administration administration, Audit audit) {
		this.nodes = nodes;
		this.administration = administration;
		this.audit = audit;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	List<NodeView> list(@AuthenticationPrincipal Caller caller) {
		this.administration.requireOperator(caller);
		return this.nodes.list();
	}

	/** What was asked for goes on after the answer. */
	@PostMapping(path = "/{id}/drain", produces = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.ACCEPTED)
	NodeView drain(@AuthenticationPrincipal Caller caller, @PathVariable String id, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		NodeView node = this.nodes.drain(id);
		this.audit.record(AuditEvent.of(AuditEvent.Kind.NODE)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what("drain " + node.name() + " " + node.id())
			.session(caller.sessionId()));
		return node;
	}

}
