package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.SchedulingConfiguration;
import dev.usher.token.Secret;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * Tickets: credentials that work once, for {@code usher.session.ticket-lifetime} (30 s),
 * so that the URL they may stand in is worthless afterwards. A ticket belongs to a
 * session and dies with it. Only its hash is kept.
 */
@Service
public class Tickets {

	/** More than all tabs of a browser ask for at once; the oldest goes. */
	private static final int MAX_OF_SESSION = 20;

	private final TicketTable table;

	private final SessionCallers callers;

	private final SessionExecutor executor;

	private final Clock clock;

	private final Duration lifetime;

	Tickets(TicketTable table, SessionCallers callers, SessionExecutor executor, Clock clock,
			SessionProperties properties) {
		this.table = table;
		this.callers = callers;
		this.executor = executor;
		this.clock = clock;
		this.lifetime = properties.ticketLifetime();
	}

	/**
	 * Gives out a ticket. Blocks for the database.
	 * @throws RefusedException {@link Reason#REVOKED} where the session has just ended
	 */
	TicketAnswer issue(String sessionId) {
		String ticket = Secret.create();
		Instant expiresAt = this.clock.instant().plus(this.lifetime);
		this.table.keepNewest(sessionId, MAX_OF_SESSION - 1);
		if (!this.table.insert(Secret.hash(ticket), sessionId, expiresAt)) {
			throw new RefusedException(Reason.REVOKED);
		}
		return new TicketAnswer(ticket, this.lifetime.toSeconds());
	}

	/**
	 * Takes a ticket in. Never blocks: the database is asked on a thread of its own.
	 * @return the caller, who is as if a token had been minted now; or a
	 * {@link RefusedException} of {@link Reason#UNAUTHORIZED}, which does not say whether
	 * the ticket was used, too old, of a session that ended or none at all, or of
	 * {@link Reason#OVERLOADED}
	 */
	public CompletionStage<Caller> redeem(String ticket) {
		return this.executor.submit(() -> {
			if (!Secret.isWellFormed(ticket)) {
				throw new RefusedException(Reason.UNAUTHORIZED);
			}
			return this.table.take(Secret.hash(ticket), this.clock.instant())
				.flatMap(this.callers::find)
				.orElseThrow(() -> new RefusedException(Reason.UNAUTHORIZED));
		});
	}

	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void sweep() {
		this.table.deleteExpired(this.clock.instant());
	}

}
