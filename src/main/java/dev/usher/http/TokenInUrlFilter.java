package dev.usher.http;

import java.io.IOException;

import dev.usher.edge.QueryParameter;
import dev.usher.edge.TokenInUrl;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses every request with an access token in its URL, before anything else sees it:
 * Spring Security and Spring MVC write URLs to the log when asked to be verbose.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class TokenInUrlFilter extends OncePerRequestFilter {

	private final ProblemWriter problems;

	private final RequestAudit audit;

	TokenInUrlFilter(ProblemWriter problems, RequestAudit audit) {
		this.audit = audit;
		this.problems = problems;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		// A ticket is for the WebSocket alone, whose handshake does not come this way.
		if (TokenInUrl.isIn(request.getQueryString()) || TokenInUrl.isInPath(request.getRequestURI())
				|| !QueryParameter.values(request.getQueryString(), "ticket").isEmpty()) {
			RefusedException refusal = new RefusedException(Reason.TOKEN_IN_URL);
			this.audit.refused(request, refusal);
			this.problems.write(request, response, refusal, true);
			return;
		}
		chain.doFilter(request, response);
	}

}
