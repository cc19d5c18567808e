package dev.usher.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /api/messages}: publishes one message or many. No thread waits while the
 * disk works.
 */
@RestController
class MessageController {

	private static final int UNAVAILABLE = 503;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private final Publisher publisher;

	private final RequestBodies bodies;

	private final EntryReader reader;

	MessageController(Publisher publisher, PublishProperties properties) {
		this.publisher = publisher;
		this.bodies = new RequestBodies(properties);
		this.reader = new EntryReader(properties.maxBody().toBytes());
	}

	/**
	 * Publishes. Each message is answered for itself; only where this node can take none
	 * of them is the whole call refused, so that a client's ordinary retry does the right
	 * thing.
	 */
	@PostMapping(path = "/api/messages", consumes = MediaType.APPLICATION_JSON_VALUE)
	CompletableFuture<Answer> publish(@AuthenticationPrincipal Caller caller, InputStream stream) throws IOException {
		byte[] source = this.bodies.read(stream);
		CompletableFuture<List<Batch.Outcome>> outcomes;
		try {
			outcomes = new Batch(this.publisher, caller, this.reader.read(source)).publish();
		}
		catch (RuntimeException ex) {
			this.bodies.release(source.length);
			throw ex;
		}
		return outcomes.whenComplete((done, failure) -> this.bodies.release(source.length))
			.thenApply(MessageController::answer);
	}

	private static Answer answer(List<Batch.Outcome> outcomes) {
		RefusedException refusal = outcomes.isEmpty() ? null : outcomes.get(0).refusal();
		if (refusal != null && outcomes.stream().allMatch((outcome) -> isUnavailable(outcome.refusal()))) {
			throw new RefusedException(refusal.reason(), refusal.text(), refusal.retryAfter().orElse(RETRY_AFTER));
		}
		return new Answer(outcomes.stream().map(Batch.Outcome::result).toList());
	}

	private static boolean isUnavailable(@Nullable RefusedException refusal) {
		return refusal != null && refusal.reason().httpStatus() == UNAVAILABLE;
	}

	/**
	 * What is answered.
	 *
	 * @param results one for each destination of each message, in order
	 */
	record Answer(List<EntryResult> results) {

	}

}
