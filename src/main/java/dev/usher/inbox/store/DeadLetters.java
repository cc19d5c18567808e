package dev.usher.inbox.store;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.protocol.OwnedHeaders;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets messages aside that nobody could handle: into the log of the same name with
 * {@code .dead} behind it, where their owner can read them.
 */
final class DeadLetters {

	private static final Logger logger = LoggerFactory.getLogger(DeadLetters.class);

	static final String SUFFIX = ".dead";

	private final Function<Draft, CompletionStage<Appended>> append;

	private final Clock clock;

	private final LongAdder stored = new LongAdder();

	DeadLetters(Function<Draft, CompletionStage<Appended>> append, Clock clock) {
		this.append = append;
		this.clock = clock;
	}

	static boolean isDead(Destination destination) {
		return destination.name().endsWith(SUFFIX);
	}

	/**
	 * Where messages of a destination are set aside. A name too long for the suffix is
	 * cut.
	 */
	static Destination of(Destination destination) {
		int over = Math.max(0, destination.name().length() + SUFFIX.length() - Destination.MAX_NAME);
		String address = destination.address();
		return Destination.forPublish(address.substring(0, address.length() - over) + SUFFIX);
	}

	/**
	 * Stores copies; the id keeps a second try, after a crash, from storing them twice.
	 */
	CompletionStage<Void> append(Destination from, List<StoredMessage> messages) {
		CompletableFuture<?>[] copies = messages.stream().map((message) -> {
			logger.info("Message {} of {} was refused too often and is set aside", message.messageId(), from);
			return this.append.apply(copy(from, message)).thenAccept(this::count).toCompletableFuture();
		}).toArray(CompletableFuture[]::new);
		return CompletableFuture.allOf(copies);
	}

	/** A second try after a crash is not another dead letter. */
	private void count(Appended appended) {
		if (!appended.duplicate()) {
			this.stored.increment();
		}
	}

	/** How many this node has set aside. */
	long stored() {
		return this.stored.sum();
	}

	/**
	 * A dead letter as it was where it was refused; empty where it does not say where, or
	 * not what this gateway would have written: whoever may publish to its log can have
	 * put it there. The id keeps a second try from storing it twice.
	 * @param log where it was set aside
	 */
	static Optional<Draft> back(String log, StoredMessage letter, long now) {
		Map<String, String> headers = new LinkedHashMap<>(letter.headers());
		String from = headers.remove(OwnedHeaders.ORIGINAL_DESTINATION);
		headers.remove(OwnedHeaders.ORIGINAL_MESSAGE_ID);
		return origin(log, from).map((origin) -> new Draft(origin, letter.contentType(), headers, letter.body(),
				"redriven-" + letter.messageId(), null, now));
	}

	private static Optional<Destination> origin(String log, @Nullable String from) {
		try {
			return Optional.ofNullable(from)
				.map(Destination::forPublish)
				.filter((origin) -> origin.stored() && of(origin).address().equals(log));
		}
		catch (RefusedException ex) {
			return Optional.empty();
		}
	}

	private Draft copy(Destination from, StoredMessage message) {
		Map<String, String> headers = new LinkedHashMap<>(message.headers());
		headers.put(OwnedHeaders.ORIGINAL_DESTINATION, from.address());
		headers.put(OwnedHeaders.ORIGINAL_MESSAGE_ID, message.messageId());
		return new Draft(of(from), message.contentType(), headers, message.body(), "dead-" + message.messageId(), null,
				this.clock.millis());
	}

}
