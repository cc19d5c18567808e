package dev.usher.http;

import java.io.IOException;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;

/** Refuses other origins with a problem document in place of plain text. */
class ProblemCorsProcessor extends DefaultCorsProcessor {

	private final ProblemWriter problems;

	ProblemCorsProcessor(ProblemWriter problems) {
		this.problems = problems;
	}

	/** Spring answers a preflight for a path that has no rule with an empty 200. */
	@Override
	public boolean processRequest(@Nullable CorsConfiguration configuration, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		if (configuration == null && CorsUtils.isPreFlightRequest(request)) {
			rejectRequest(new ServletServerHttpResponse(response));
			return false;
		}
		return super.processRequest(configuration, request, response);
	}

	@Override
	protected void rejectRequest(ServerHttpResponse response) throws IOException {
		HttpServletResponse servlet = ((ServletServerHttpResponse) response).getServletResponse();
		this.problems.write(servlet, new RefusedException(Reason.FORBIDDEN,
				"Pages of this origin may not call the gateway; usher.origins lists those that may."), false);
	}

}
