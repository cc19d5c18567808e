package dev.usher.publish;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.bus.Bus;
import dev.usher.bus.Incarnation;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.protocol.OwnedHeaders;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.trace.Traces;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The one line every published message takes: validate, allow, store, announce. Any
 * thread may call; no method waits for the database or for a reader.
 */
@Component
public class Publisher {

	/** Whose ids the gateway's own messages have. No issuer has an empty name. */
	private static final PublisherId OWN = new PublisherId("", "");

	private final Inbox inbox;

	private final Clock clock;

	private final LiveIds liveIds;

	private final LiveRelay relay;

	private final boolean namesSender;

	private final Recipients recipients;

	private final String idPrefix;

	private final AtomicLong ids = new AtomicLong();

	private final PublishTally tally = new PublishTally();

	private final Traces traces;

	public Publisher(Bus bus, Incarnation incarnation, Inbox inbox, Clock clock, UserDirectory users,
			PublishProperties properties, Traces traces) {
		this.traces = traces;
		this.recipients = new Recipients(bus, users, properties);
		this.inbox = inbox;
		this.clock = clock;
		this.liveIds = new LiveIds(properties, clock);
		this.relay = new LiveRelay(bus, this.liveIds);
		this.idPrefix = incarnation.text() + "-";
		this.namesSender = properties.sender();
	}

	/**
	 * Publishes a message. A live one is announced on the caller's thread, and the stage
	 * is complete already, unless its user must be {@linkplain Recipients looked for}. A
	 * stored one is complete when it is on disk, on the thread that wrote it, so what
	 * follows must not block; the inbox tells its readers itself.
	 * @param caller who publishes
	 * @param publication the message
	 * @return where it went; for a repeated id where the first one did. Fails with a
	 * {@link RefusedException} as {@link Inbox#append} does
	 * @throws RefusedException {@link Reason#BAD_FRAME} where that is no destination,
	 * {@link Reason#FORBIDDEN} where the caller may not publish there,
	 * {@link Reason#BAD_REQUEST} and {@link Reason#TOO_LARGE} for what cannot be stored
	 */
	public CompletionStage<Published> publish(Caller caller, Publication publication) {
		PublishSpan span = PublishSpan.begin(this.traces, publication);
		try {
			Destination written = check(caller, publication.to());
			checkId(publication.id());
			return counted(span, this.recipients.find(written, publication, (destination) -> {
				if (destination != written) {
					// A claim may allow the name as written, and not the one it stands
					// for.
					checkAllowed(caller, destination);
				}
				return publish(caller, destination, publication);
			}));
		}
		catch (RuntimeException ex) {
			throw refused(span, ex);
		}
	}

	/**
	 * Publishes in the gateway's own name, for code that its operator has added: no
	 * permission is asked for, and no sender is named.
	 * @param publication the message; of those the protocol owns it has no header
	 * @return as {@link #publish(Caller, Publication)}
	 * @throws RefusedException likewise, {@link Reason#FORBIDDEN} only where nobody may
	 * publish but the gateway itself
	 */
	public CompletionStage<Published> publish(Publication publication) {
		PublishSpan span = PublishSpan.begin(this.traces, publication);
		try {
			Destination written = checkOwn(publication);
			return counted(span, this.recipients.find(written, publication,
					(destination) -> publish(null, destination, publication)));
		}
		catch (RuntimeException ex) {
			throw refused(span, ex);
		}
	}

	private CompletionStage<Published> counted(@Nullable PublishSpan span, CompletionStage<Published> stage) {
		if (span != null) {
			stage.whenComplete(span);
		}
		return this.tally.count(stage);
	}

	private RuntimeException refused(@Nullable PublishSpan span, RuntimeException failure) {
		this.tally.refused(failure);
		if (span != null) {
			span.accept(null, failure);
		}
		return failure;
	}

	private static Destination checkOwn(Publication publication) {
		Destination written = Destination.forPublish(publication.to());
		if (written.reserved()) {
			throw new RefusedException(Reason.FORBIDDEN, "Only the gateway publishes here.");
		}
		checkId(publication.id());
		PublicationHeaders.check(publication.headers());
		if (publication.body().length > Draft.MAX_BODY) {
			throw new RefusedException(Reason.TOO_LARGE, "A body has " + Draft.MAX_BODY + " bytes at most.");
		}
		return written;
	}

	/** What became of all that came here. */
	PublishTally tally() {
		return this.tally;
	}

	private CompletionStage<Published> publish(@Nullable Caller caller, Destination destination,
			Publication publication) {
		String id = publication.id();
		if (destination.stored()) {
			return store(caller, destination, publication);
		}
		if (id != null) {
			return this.liveIds.once(idOf(caller), destination, id, () -> announce(caller, destination, publication));
		}
		return CompletableFuture.completedFuture(announce(caller, destination, publication));
	}

	/**
	 * Refuses what {@link #publish(Caller, Publication)} would refuse but for what only
	 * the database can say, and does nothing else.
	 */
	public void check(Caller caller, Publication publication) {
		try {
			Destination destination = check(caller, publication.to());
			checkId(publication.id());
			if (destination.stored()) {
				draft(caller, destination, publication);
			}
		}
		catch (RuntimeException ex) {
			throw refused(ex);
		}
	}

	/** Counts a message that was refused before it came here; answers why. */
	public RuntimeException refused(RuntimeException failure) {
		return refused(null, failure);
	}

	private static Destination check(Caller caller, String to) {
		Destination destination = Destination.forPublish(to);
		checkAllowed(caller, destination);
		return destination;
	}

	/**
	 * The destination that a publisher means, which {@link #publish} asks about as well
	 * as the one that was written: names of accounts are in any case.
	 * @return completed later where the user must be looked for; fails with a
	 * {@link RefusedException} of {@link Reason#UNKNOWN_USER} where so configured
	 * @throws RefusedException likewise
	 */
	public CompletionStage<Destination> meant(Destination written) {
		return this.recipients.meant(written);
	}

	private static void checkAllowed(Caller caller, Destination destination) {
		if (!caller.permissions().mayPublish(destination)) {
			throw new RefusedException(Reason.FORBIDDEN, "You are not allowed to publish here.");
		}
	}

	private static void checkId(@Nullable String id) {
		if (id != null && (id.isEmpty() || id.length() > Publication.MAX_ID)) {
			throw new RefusedException(Reason.BAD_REQUEST, "An id has 1 to " + Publication.MAX_ID + " characters.");
		}
	}

	private static PublisherId idOf(@Nullable Caller caller) {
		return (caller != null) ? new PublisherId(caller.issuer(), caller.name()) : OWN;
	}

	private CompletionStage<Published> store(@Nullable Caller caller, Destination destination,
			Publication publication) {
		return this.inbox.append(draft(caller, destination, publication))
			.thenApply((appended) -> Published.stored(destination, appended));
	}

	private Draft draft(@Nullable Caller caller, Destination destination, Publication publication) {
		PublisherId publisher = (caller != null || publication.id() != null) ? idOf(caller) : null;
		return new Draft(publisher, destination, publication.contentType(), headers(caller, publication),
				publication.body(), publication.id(), publication.ttl(), this.clock.millis());
	}

	private Published announce(@Nullable Caller caller, Destination destination, Publication publication) {
		String id = this.idPrefix + Long.toString(this.ids.getAndIncrement(), Character.MAX_RADIX);
		Message message = new Message(id, destination, publication.contentType(), headers(caller, publication),
				publication.body());
		return this.relay.announce(message, (publication.id() != null) ? idOf(caller) : null, publication.id());
	}

	/** The sender first, so that it counts whatever might follow. */
	private Map<String, String> headers(@Nullable Caller caller, Publication publication) {
		Map<String, String> own = publication.headers();
		if (!this.namesSender || caller == null) {
			return own;
		}
		if (own.isEmpty()) {
			return Map.of(OwnedHeaders.SENDER, caller.name());
		}
		Map<String, String> headers = new LinkedHashMap<>(2 * own.size() + 2);
		headers.put(OwnedHeaders.SENDER, caller.name());
		own.forEach(headers::putIfAbsent);
		return headers;
	}

}
