package dev.usher.http;

import java.io.IOException;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.cors.DefaultCorsProcessor;

/** Refuses other origins with a problem document in place of plain text. */
class ProblemCorsProcessor extends DefaultCorsProcessor {

	private final ProblemWriter problems;

	ProblemCorsProcessor(ProblemWriter problems) {
		this.problems = problems;
	}

	@Override
	protected void rejectRequest(ServerHttpResponse response) throws IOException {
		HttpServletResponse servlet = ((ServletServerHttpResponse) response).getServletResponse();
		this.problems.write(servlet, new RefusedException(Reason.FORBIDDEN,
				"Pages of this origin may not call the gateway; usher.origins lists those that may."), false);
	}

}
