package dev.usher.operation;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.usher.access.Caller;
import dev.usher.account.Administration;
import dev.usher.account.MeantAccounts;
import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.inbox.LogDirectory;
import dev.usher.inbox.LogDirectory.Log;
import dev.usher.inbox.LogDirectory.LogReader;
import dev.usher.inbox.LogDirectory.LoggedMessage;
import dev.usher.inbox.LogDirectory.Redriven;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What is stored, who reads it, and how dead letters go back. A log goes by its number in
 * paths: a destination has slashes in it, and a log that is made anew has another number,
 * so that nobody changes one that they have not looked at.
 */
@RestController
@RequestMapping(path = "/admin/logs", produces = MediaType.APPLICATION_JSON_VALUE)
class LogController {

	private final LogDirectory logs;

	private final MeantAccounts accounts;

	private final Administration administration;

	private final Audit audit;

	LogController(LogDirectory logs, MeantAccounts accounts, Administration administration, Audit audit) {
		this.logs = logs;
		this.accounts = accounts;
		this.administration = administration;
		this.audit = audit;
	}

	@GetMapping
	List<Log> list(@AuthenticationPrincipal Caller caller, @RequestParam @Nullable String destination,
			@RequestParam @Nullable String username, @RequestParam(defaultValue = "") String after,
			@RequestParam(defaultValue = Parameters.USUAL_PAGE) int limit) {
		this.administration.requireOperator(caller);
		Parameters.checkLimit(limit, Parameters.MAX_PAGE);
		Parameters.checkWord("username", username);
		Parameters.checkText("after", after);
		if (destination == null) {
			return this.logs.list((username != null) ? this.accounts.spell(username) : null, after, limit);
		}
		if (username != null || !after.isEmpty()) {
			throw Parameters.bad("Parameter \"destination\" stands alone.");
		}
		return this.logs.find(meant(stored(destination))).map(List::of).orElse(List.of());
	}

	private Destination meant(Destination written) {
		String owner = written.owner();
		return (owner != null) ? written.ofUser(this.accounts.spell(owner)) : written;
	}

	private static Destination stored(String text) {
		try {
			Destination destination = Destination.forPublish(text);
			if (destination.stored()) {
				return destination;
			}
		}
		catch (RefusedException ex) {
			// The sentence below says what it must be.
		}
		throw Parameters.bad("Parameter \"destination\" must be /queue/{name} or /user/{username}/queue/{name}.");
	}

	@GetMapping("/{id}/messages")
	List<MessageView> messages(@AuthenticationPrincipal Caller caller, @PathVariable long id,
			@RequestParam(defaultValue = "0") long after, @RequestParam(defaultValue = Parameters.USUAL_PAGE) int limit,
			@RequestParam(defaultValue = "false") boolean bodies, HttpServletRequest request) {
		if (bodies) {
			this.administration.requireAdministrator(caller);
		}
		else {
			this.administration.requireOperator(caller);
		}
		Parameters.checkLimit(limit, Parameters.MAX_PAGE);
		Parameters.checkOffset(after);
		Log log = log(id);
		List<LoggedMessage> page = this.logs.messages(log, after, limit, bodies);
		if (bodies) {
			record(caller, request, "bodies of " + log.destination() + " behind " + after);
		}
		return page.stream().map(MessageView::of).toList();
	}

	@GetMapping("/{id}/readers")
	List<ReaderView> readers(@AuthenticationPrincipal Caller caller, @PathVariable long id,
			@RequestParam @Nullable String after, @RequestParam(defaultValue = Parameters.USUAL_PAGE) int limit) {
		this.administration.requireOperator(caller);
		Parameters.checkLimit(limit, Parameters.MAX_PAGE);
		Parameters.checkText("after", after);
		return this.logs.readers(log(id), after, limit).stream().map(ReaderView::of).toList();
	}

	@PostMapping("/{id}/redrive")
	RedriveView redrive(@AuthenticationPrincipal Caller caller, @PathVariable long id,
			@RequestBody RedriveRequest redrive, HttpServletRequest request) {
		this.administration.requireAdministrator(caller);
		Log log = log(id);
		Redriven done = this.logs.redrive(log, redrive.distinctOffsets(), redrive.place(), redrive.most());
		record(caller, request, "redrive " + (done.redriven() + done.repeated()) + " of " + log.destination());
		return RedriveView.of(done);
	}

	private Log log(long id) {
		return this.logs.find(id)
			.orElseThrow(() -> new RefusedException(Reason.NOT_FOUND, "There is no log of this id."));
	}

	private void record(Caller caller, HttpServletRequest request, String what) {
		this.audit.record(AuditEvent.of(AuditEvent.Kind.LOG)
			.who(caller.name())
			.from(request.getRemoteAddr())
			.what(what)
			.session(caller.sessionId()));
	}

	/**
	 * A stored message as it is shown.
	 *
	 * @param headers the publisher's own and those of the gateway, {@code sender} among
	 * them
	 * @param size of its body, in bytes
	 * @param body its body where it is text and was asked for
	 * @param bodyBase64 its body where it is no text, likewise
	 */
	record MessageView(long offset, String messageId, Instant timestamp, Instant expiresAt,
			@Nullable String contentType, Map<String, String> headers, int size, @Nullable String body,
			@Nullable String bodyBase64) {

		static MessageView of(LoggedMessage message) {
			byte[] body = message.body();
			String text = (body != null) ? text(body) : null;
			return new MessageView(message.offset(), message.messageId(), message.timestamp(), message.expiresAt(),
					message.contentType(), message.headers(), message.size(), text,
					(body != null && text == null) ? Base64.getEncoder().encodeToString(body) : null);
		}

		private static @Nullable String text(byte[] body) {
			try {
				return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
			}
			catch (CharacterCodingException ex) {
				return null;
			}
		}

		/** Keeps the body out of logs. */
		@Override
		public String toString() {
			return "MessageView[" + this.messageId + "]";
		}

	}

	/**
	 * A reader as it is shown.
	 *
	 * @param name absent for the one that all subscriptions of a queue share
	 * @param shared whether it is that one
	 */
	record ReaderView(@Nullable String name, boolean shared, long position, long next, long lag, int claims,
			int refused, Instant usedAt, List<String> nodes) {

		static ReaderView of(LogReader reader) {
			boolean shared = reader.name().isEmpty();
			return new ReaderView((shared) ? null : reader.name(), shared, reader.position(), reader.next(),
					reader.lag(), reader.claims(), reader.refused(), reader.usedAt(), reader.nodes());
		}

	}

	/**
	 * What became of dead letters.
	 *
	 * @param missing those that had expired, or that {@code offsets} names and that are
	 * not there
	 * @param unread those of {@code offsets} that were not looked at
	 * @param last the offset of the last one that was looked at, absent where there was
	 * none
	 * @param error the code of what kept those that failed, or of what kept those that
	 * are stored from being removed here; absent where nothing did
	 */
	record RedriveView(int redriven, int repeated, int skipped, int failed, int missing, int unread,
			@Nullable Long last, @Nullable String error) {

		static RedriveView of(Redriven done) {
			RefusedException failure = done.failure();
			return new RedriveView(done.redriven(), done.repeated(), done.skipped(), done.failed(), done.missing(),
					done.unread(), done.last(), (failure != null) ? failure.reason().code() : null);
		}

	}

}
