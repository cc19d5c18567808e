package dev.usher.http;

import dev.usher.protocol.RefusedException;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers what failed outside of every controller, in a filter or in the container. Takes
 * the place of Spring Boot's error page.
 */
@RestController
class ProblemErrorController implements ErrorController {

	private static final int NOT_FOUND = 404;

	private final RequestAudit audit;

	ProblemErrorController(RequestAudit audit) {
		this.audit = audit;
	}

	@RequestMapping("${spring.web.error.path:/error}")
	ResponseEntity<Object> error(HttpServletRequest request) {
		Problem problem = problem(request);
		return ResponseEntity.status(problem.status()).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
	}

	private Problem problem(HttpServletRequest request) {
		if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable failure) {
			RefusedException refusal = UnreadableBody.refusal(failure).orElseGet(() -> Incident.log(failure));
			this.audit.refused(request, refusal);
			return Problem.of(refusal);
		}
		Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
		// Without a status somebody asked for the path of the error page itself.
		return Problem.ofStatus((status instanceof Integer number) ? number : NOT_FOUND);
	}

}
