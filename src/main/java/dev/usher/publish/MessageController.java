package dev.usher.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /api/messages}: publishes one message or many. No thread waits while the
 * disk works.
 */
@RestController
class MessageController {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private final Publisher publisher;

	private final PublishAudit audit;

	private final RequestBodies bodies;

	private final EntryReader reader;

	MessageController(Publisher publisher, PublishAudit audit, PublishProperties properties) {
		this.audit = audit;
		this.publisher = publisher;
		this.bodies = new RequestBodies(properties);
		this.reader = new EntryReader(properties.maxBody().toBytes());
	}

	/**
	 * Publishes. The status alone tells what became of the messages: 200 where all were
	 * taken, 207 where some were refused, the failures' own status where all failed
	 * alike. The answer to the last is a problem document with the results in it.
	 */
	// Without "produces" a client that accepts no JSON is refused once all is published.
	@PostMapping(path = "/api/messages", consumes = MediaType.APPLICATION_JSON_VALUE,
			produces = MediaType.APPLICATION_JSON_VALUE)
	Object publish(@AuthenticationPrincipal Caller caller, InputStream stream, HttpServletRequest request)
			throws IOException {
		String address = request.getRemoteAddr();
		try {
			CompletableFuture<Object> answer = publish(caller, stream)
				.whenComplete((outcomes, failure) -> this.audit.published(caller, address, outcomes))
				.thenApply(MessageController::answer);
			// For what is there at once, as with live messages, Spring MVC would dispatch
			// the request once more, through all filters.
			return (answer.isDone() && !answer.isCompletedExceptionally()) ? answer.join() : answer;
		}
		catch (RefusedException ex) {
			this.audit.refused(caller, address, "all", ex);
			throw ex;
		}
	}

	private CompletableFuture<List<Batch.Outcome>> publish(Caller caller, InputStream stream) throws IOException {
		byte[] source = this.bodies.read(stream);
		CompletableFuture<List<Batch.Outcome>> outcomes;
		try {
			outcomes = new Batch(this.publisher, caller, this.reader.read(source)).publish();
		}
		catch (RuntimeException ex) {
			this.bodies.release(source.length);
			throw ex;
		}
		return outcomes.whenComplete((done, failure) -> this.bodies.release(source.length));
	}

	/**
	 * The answer alone where all is well: Spring flushes a {@link ResponseEntity} before
	 * its end, which costs a second write, and the answer its {@code Content-Length}.
	 */
	private static Object answer(List<Batch.Outcome> outcomes) {
		Answer answer = new Answer(outcomes.stream().map(Batch.Outcome::result).toList());
		List<RefusedException> refusals = outcomes.stream()
			.map(Batch.Outcome::refusal)
			.filter(Objects::nonNull)
			.toList();
		if (refusals.isEmpty()) {
			return answer;
		}
		boolean alike = refusals.size() == outcomes.size()
				&& refusals.stream().mapToInt(RefusedException::httpStatus).distinct().count() == 1;
		if (!alike) {
			return ResponseEntity.status(HttpStatus.MULTI_STATUS).body(answer);
		}
		throw common(refusals, answer);
	}

	private static RefusedException common(List<RefusedException> refusals, Answer answer) {
		RefusedException first = refusals.get(0);
		boolean sameCode = refusals.stream().map(RefusedException::reason).distinct().count() == 1;
		boolean sameText = refusals.stream().map(RefusedException::text).distinct().count() == 1;
		if (first.httpStatus() == HttpStatus.SERVICE_UNAVAILABLE.value() && first.retryAfter().isEmpty()) {
			first = new RefusedException(first.reason(), first.text(), RETRY_AFTER);
		}
		else if (first.httpStatus() == HttpStatus.BAD_REQUEST.value() && !sameCode) {
			first = new RefusedException(Reason.BAD_REQUEST, first.text());
		}
		String text = (sameText) ? first.text() : "None of the messages was taken; the results say why.";
		return first.with(text, "results", answer.results());
	}

	/**
	 * The body of an answer.
	 *
	 * @param results one for each destination of each message, in order
	 */
	record Answer(List<EntryResult> results) {

	}

}
