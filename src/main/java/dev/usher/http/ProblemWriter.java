package dev.usher.http;

import java.io.IOException;

import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Answers with a problem document where no controller is in sight. */
@Component
class ProblemWriter {

	private final JsonMapper mapper;

	ProblemWriter(JsonMapper mapper) {
		this.mapper = mapper;
	}

	/**
	 * Writes a refusal of a request as a whole.
	 * @param credential whether the request came with a credential
	 */
	void write(HttpServletRequest request, HttpServletResponse response, RefusedException refusal, boolean credential)
			throws IOException {
		BearerChallenge.of(refusal, credential, request.getHeader(HttpHeaders.AUTHORIZATION))
			.ifPresent((challenge) -> response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge));
		refusal.retryAfter()
			.ifPresent((wait) -> response.setHeader(HttpHeaders.RETRY_AFTER, RefusedException.seconds(wait)));
		write(response, Problem.of(refusal));
	}

	void write(HttpServletResponse response, Problem problem) throws IOException {
		if (response.isCommitted()) {
			return;
		}
		byte[] body = this.mapper.writeValueAsBytes(problem);
		response.setStatus(problem.status());
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
