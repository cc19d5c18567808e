package dev.usher.session;

import java.time.Clock;
import java.time.Instant;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.DerivedSecrets;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Puts a successor in the place of a refresh token. An answer can be lost on its way and
 * tabs can ask at once, so the same old token is answered with the same successor while
 * that is unused: at any time where the client chose it (a thief does not know it), else
 * within {@code usher.session.refresh-grace}. A successor of ours is derived from the
 * family and its number, so that the database need hold no token for that, and any node
 * can give it again. Any thread may call; blocks for the database.
 */
@Component
class Rotation {

	private static final String PURPOSE = "refresh token";

	private final SessionTable table;

	private final TransactionTemplate transaction;

	private final DerivedSecrets secrets;

	private final SessionProperties properties;

	private final Clock clock;

	Rotation(SessionTable table, TransactionTemplate transaction, DerivedSecrets secrets, SessionProperties properties,
			Clock clock) {
		this.table = table;
		this.transaction = transaction;
		this.secrets = secrets;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Gives the successor. Of any number who ask at once one rotates, and the others are
	 * judged by what it made.
	 * @param row the token's session as it was just read
	 * @param presented the token
	 * @param next the generation the client chose, or null for one of ours
	 * @throws RefusedException {@link Reason#REFRESH_INVALID} where another successor was
	 * made within the grace, which ends nothing; {@link Reason#BAD_REQUEST} for a
	 * {@code next} that is not new
	 * @throws RefreshReusedException for a token that was replaced before the last, or
	 * longer ago than the grace
	 */
	RefreshToken rotate(SessionRow row, RefreshToken presented, @Nullable String next) {
		if (!presented.isOfGeneration(row.generationHash())) {
			return repeat(row, presented, next);
		}
		if (next != null) {
			checkNew(Secret.hash(next), row);
		}
		Instant now = this.clock.instant();
		RefreshToken successor = successor(presented, next, row.generation() + 1);
		// Nobody here knows whether an account elsewhere is still theirs, so they log in
		// again after a while.
		Instant expiresAt = (row.roles() != null) ? row.expiresAt() : now.plus(this.properties.lifetime());
		if (rotated(row, successor, now, expiresAt)) {
			return successor;
		}
		SessionRow rotated = this.table.find(row.sessionId())
			.orElseThrow(() -> new RefusedException(Reason.REFRESH_INVALID));
		return repeat(rotated, presented, next);
	}

	private boolean rotated(SessionRow row, RefreshToken successor, Instant now, Instant expiresAt) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			boolean rotated = this.table.rotate(row, successor, now, expiresAt);
			if (!rotated) {
				status.setRollbackOnly();
			}
			return rotated;
		}));
	}

	private RefreshToken repeat(SessionRow row, RefreshToken presented, @Nullable String next) {
		if (row.previousHash() == null || !presented.isOfGeneration(row.previousHash())) {
			throw new RefreshReusedException(row);
		}
		boolean inGrace = this.clock.instant().isBefore(row.rotatedAt().plus(this.properties.refreshGrace()));
		RefreshToken successor = successor(presented, next, row.generation());
		if (successor.isOfGeneration(row.generationHash()) && (inGrace || next != null)) {
			return successor;
		}
		throw inGrace ? new RefusedException(Reason.REFRESH_INVALID) : new RefreshReusedException(row);
	}

	private RefreshToken successor(RefreshToken presented, @Nullable String next, long number) {
		return presented
			.followedBy((next != null) ? next : this.secrets.derive(PURPOSE, presented.successorText(number)));
	}

	/** A generation that comes again would make an old token good. */
	private static void checkNew(String hash, SessionRow row) {
		if (hash.equals(row.generationHash()) || hash.equals(row.previousHash())) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"next\" must be new for each refresh.");
		}
	}

}
