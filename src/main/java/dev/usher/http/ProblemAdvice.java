package dev.usher.http;

import java.io.IOException;
import java.util.Optional;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.storage.StorageFailures;
import dev.usher.thread.FatalErrors;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns whatever a controller or Spring MVC itself throws into a problem document.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class ProblemAdvice extends ResponseEntityExceptionHandler {

	private static final Logger logger = LoggerFactory.getLogger(ProblemAdvice.class);

	/** A database that restarts is back by then, and a full queue is through. */
	private static final String RETRY_SECONDS = "5";

	private final RequestAudit audit;

	ProblemAdvice(RequestAudit audit) {
		this.audit = audit;
	}

	@ExceptionHandler
	ResponseEntity<Object> handleRefused(RefusedException refusal, HttpServletRequest request) {
		this.audit.refused(request, refusal);
		HttpHeaders headers = new HttpHeaders();
		String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
		BearerChallenge.of(refusal, authorization != null, authorization)
			.ifPresent((challenge) -> headers.set(HttpHeaders.WWW_AUTHENTICATE, challenge));
		refusal.retryAfter().ifPresent((wait) -> headers.set(HttpHeaders.RETRY_AFTER, RefusedException.seconds(wait)));
		return answer(Problem.of(refusal), headers);
	}

	/**
	 * A request that does not arrive, or an answer that nobody takes: the client went
	 * away, or was cut for being slow. Anybody can do so as often as they like, so the
	 * log has no line of it.
	 */
	@ExceptionHandler
	ResponseEntity<Object> handleGone(IOException ex) {
		FatalErrors.endIfFatal(ex);
		logger.debug("A request did not arrive", ex);
		return answer(Problem.of(Reason.BAD_REQUEST), new HttpHeaders());
	}

	/** A header that Spring Security refuses to show, when it is asked for here. */
	@ExceptionHandler
	ResponseEntity<Object> handleRejected(RequestRejectedException ex) {
		return answer(Problem.of(Reason.BAD_REQUEST), new HttpHeaders());
	}

	/** A query that is no UTF-8, when the first of its parameters is asked for. */
	@ExceptionHandler({ BadMessageException.class, HttpException.IllegalStateException.class,
			HttpException.IllegalArgumentException.class })
	ResponseEntity<Object> handleUnreadable() {
		return answer(Problem.of(Reason.BAD_REQUEST, "The query cannot be read: it must be UTF-8, percent-encoded."),
				new HttpHeaders());
	}

	@ExceptionHandler
	ResponseEntity<Object> handleOther(Exception ex, HttpServletRequest request) {
		return StorageFailures.contain(ex) ? handleStorage(ex) : handleRefused(Incident.log(ex), request);
	}

	private static ResponseEntity<Object> handleStorage(Exception ex) {
		// The embedded database runs on this thread, and wraps what it catches.
		FatalErrors.endIfFatal(ex);
		logger.warn("The database did not answer: {}", ex.getMessage());
		HttpHeaders headers = new HttpHeaders();
		headers.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
		return answer(Problem.of(Reason.STORAGE_UNAVAILABLE), headers);
	}

	@Override
	protected ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		Optional<RefusedException> refusal = UnreadableBody.refusal(ex);
		return answer(
				refusal.map(Problem::of).orElseGet(() -> Problem.of(Reason.BAD_REQUEST, UnreadableBody.sentence(ex))),
				headers);
	}

	@Override
	protected ResponseEntity<Object> handleMissingServletRequestParameter(MissingServletRequestParameterException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return answer(Problem.of(Reason.BAD_REQUEST, "Parameter \"" + ex.getParameterName() + "\" is missing."),
				headers);
	}

	@Override
	protected ResponseEntity<Object> handleTypeMismatch(TypeMismatchException ex, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		String name = (ex instanceof MethodArgumentTypeMismatchException argument) ? argument.getName()
				: ex.getPropertyName();
		return answer(Problem.of(Reason.BAD_REQUEST, "Parameter \"" + name + "\" cannot be read."), headers);
	}

	/** Everything else that Spring MVC refuses by itself comes through here. */
	@Override
	protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception ex, @Nullable Object body,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		if (request instanceof ServletWebRequest servlet && servlet.getResponse() != null
				&& servlet.getResponse().isCommitted()) {
			return null;
		}
		if (status.value() == 500 && request instanceof ServletWebRequest servlet) {
			return handleRefused(Incident.log(ex), servlet.getRequest());
		}
		HttpHeaders all = new HttpHeaders(headers);
		if (status.value() == 503) {
			all.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
		}
		return answer(Problem.ofStatus(status.value()), all);
	}

	private static ResponseEntity<Object> answer(Problem problem, HttpHeaders headers) {
		HttpHeaders all = new HttpHeaders(headers);
		all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		return ResponseEntity.status(problem.status()).headers(all).body(problem);
	}

}
