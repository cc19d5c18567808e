package dev.usher.operation;

import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.account.Administration;

import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Why may somebody not? */
@RestController
class ExplainController {

	private final Explainer explainer;

	private final Administration administration;

	ExplainController(Explainer explainer, Administration administration) {
		this.explainer = explainer;
		this.administration = administration;
	}

	/** Changes nothing: it is no GET because a token may be in it. */
	@PostMapping(path = "/admin/explain", produces = MediaType.APPLICATION_JSON_VALUE)
	CompletionStage<ExplainAnswer> explain(@AuthenticationPrincipal Caller caller,
			@RequestBody ExplainRequest request) {
		this.administration.requireOperator(caller);
		return this.explainer.explain(request);
	}

}
