package dev.usher.http;

import java.io.IOException;

import dev.usher.edge.UnlistedOrigins;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;

/** Refuses other origins with a problem document in place of plain text. */
class ProblemCorsProcessor extends DefaultCorsProcessor {

	private final ProblemWriter problems;

	private final RequestAudit audit;

	private final UnlistedOrigins unlisted;

	ProblemCorsProcessor(ProblemWriter problems, RequestAudit audit, UnlistedOrigins unlisted) {
		this.problems = problems;
		this.audit = audit;
		this.unlisted = unlisted;
	}

	/** Spring answers a preflight for a path that has no rule with an empty 200. */
	@Override
	public boolean processRequest(@Nullable CorsConfiguration configuration, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		boolean allowed = (configuration != null || !CorsUtils.isPreFlightRequest(request))
				&& super.processRequest(configuration, request, response);
		if (!allowed) {
			refuse(request, response);
		}
		return allowed;
	}

	private void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		if (origin != null) {
			this.unlisted.refused(origin);
		}
		RefusedException refusal = new RefusedException(Reason.FORBIDDEN,
				"Pages of this origin may not call the gateway; usher.origins lists those that may.");
		this.audit.refused(request, refusal);
		this.problems.write(request, response, refusal, false);
	}

	/** It is answered where the request is at hand. */
	@Override
	protected void rejectRequest(ServerHttpResponse response) {
	}

}
