package dev.usher.audit;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.usher.audit.AuditEvent.Kind;
import dev.usher.protocol.Reason;
import dev.usher.protocol.TokenFault;

/**
 * The events that a gateway meets sooner or later. A counter that appears with its first
 * event hides that event from whoever asks by how much it rose, so these are there from
 * the start.
 */
final class UsualEvents {

	/** Those that are only written down where they are refused. */
	private static final Set<Kind> REFUSALS = EnumSet.of(Kind.REQUEST, Kind.PUBLISH, Kind.FRAME);

	/** Those that an access token may be refused for. */
	private static final Set<Kind> BY_TOKEN = EnumSet.of(Kind.CONNECT, Kind.REQUEST);

	private static final Map<Kind, Set<Reason>> REASONS = new EnumMap<>(Map.of(Kind.LOGIN,
			EnumSet.of(Reason.BAD_CREDENTIALS, Reason.TOO_MANY_ATTEMPTS, Reason.OVERLOADED, Reason.STORAGE_UNAVAILABLE),
			Kind.REFRESH,
			EnumSet.of(Reason.REFRESH_INVALID, Reason.REFRESH_REUSED, Reason.TOO_MANY_ATTEMPTS,
					Reason.STORAGE_UNAVAILABLE),
			Kind.PASSWORD, EnumSet.of(Reason.BAD_CREDENTIALS, Reason.TOO_MANY_ATTEMPTS, Reason.WEAK_PASSWORD),
			Kind.TOKEN,
			EnumSet.of(Reason.UNAUTHORIZED, Reason.BAD_REQUEST, Reason.TOO_MANY_ATTEMPTS, Reason.STORAGE_UNAVAILABLE),
			Kind.CONNECT,
			EnumSet.of(Reason.UNAUTHORIZED, Reason.TOKEN_EXPIRED, Reason.REVOKED, Reason.ISSUER_UNAVAILABLE,
					Reason.FORBIDDEN, Reason.OVERLOADED, Reason.DRAINING, Reason.AUTH_TIMEOUT, Reason.NOT_CONNECTED,
					Reason.BAD_FRAME, Reason.TOO_LARGE, Reason.BAD_REQUEST, Reason.TOKEN_IN_URL, Reason.INTERNAL_ERROR),
			Kind.REQUEST, EnumSet.of(Reason.UNAUTHORIZED, Reason.TOKEN_EXPIRED, Reason.REVOKED,
					Reason.ISSUER_UNAVAILABLE, Reason.FORBIDDEN, Reason.TOKEN_IN_URL, Reason.INTERNAL_ERROR),
			Kind.PUBLISH,
			EnumSet.of(Reason.FORBIDDEN, Reason.BAD_FRAME, Reason.BAD_REQUEST, Reason.TOO_LARGE, Reason.UNKNOWN_USER,
					Reason.OVERLOADED, Reason.STORAGE_UNAVAILABLE, Reason.INTERNAL_ERROR),
			Kind.FRAME,
			EnumSet.of(Reason.FORBIDDEN, Reason.BAD_FRAME, Reason.UNKNOWN_USER, Reason.OVERLOADED,
					Reason.STORAGE_UNAVAILABLE, Reason.INTERNAL_ERROR),
			Kind.DISCONNECT,
			EnumSet.of(Reason.TOKEN_EXPIRED, Reason.REVOKED, Reason.UNAUTHORIZED, Reason.FORBIDDEN, Reason.ENDED,
					Reason.REPLACED, Reason.DRAINING, Reason.SLOW_CONSUMER, Reason.HEARTBEAT_LOST, Reason.OVERLOADED,
					Reason.BAD_FRAME, Reason.TOO_LARGE, Reason.UNKNOWN_USER, Reason.STORAGE_UNAVAILABLE,
					Reason.INTERNAL_ERROR)));

	private UsualEvents() {
	}

	/** One of each. */
	static Stream<AuditEvent> all() {
		return Stream.of(Kind.values()).flatMap(UsualEvents::of);
	}

	private static Stream<AuditEvent> of(Kind kind) {
		Stream.Builder<AuditEvent> events = Stream.builder();
		if (!REFUSALS.contains(kind)) {
			events.add(AuditEvent.of(kind));
		}
		REASONS.getOrDefault(kind, Set.of()).forEach((reason) -> events.add(AuditEvent.of(kind).because(reason)));
		if (BY_TOKEN.contains(kind)) {
			Stream.of(TokenFault.values())
				.forEach((fault) -> events.add(AuditEvent.of(kind).because(Reason.UNAUTHORIZED, fault.word())));
		}
		return events.build();
	}

}
