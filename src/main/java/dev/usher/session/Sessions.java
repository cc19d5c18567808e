package dev.usher.session;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.account.Accounts;
import dev.usher.account.CredentialsRevoked;
import dev.usher.account.ProviderLogins;
import dev.usher.dpop.Proof;
import dev.usher.dpop.Proofs;
import dev.usher.protocol.ProofFault;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.AccessToken;
import dev.usher.token.TokenMinter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Logins and all that comes from them. A session is one login on one device; it begins in
 * {@link #login} and, whatever the cause, ends in {@link LoginSessionRepository#end},
 * which takes with it its refresh token, its access tokens at once and its connections.
 */
@Service
public class Sessions {

	/** 128 bits: ids are shown, not guessed. */
	private static final int ID_BYTES = 16;

	private static final SecureRandom random = new SecureRandom();

	private final ProviderLogins logins;

	private final Accounts accounts;

	private final SessionAccounts owners;

	private final SessionStore store;

	private final SessionTable table;

	private final Rotation rotation;

	private final TokenMinter minter;

	private final Proofs proofs;

	private final SeenRecorder seen;

	private final TransactionTemplate transaction;

	private final SessionProperties properties;

	private final Clock clock;

	Sessions(ProviderLogins logins, Accounts accounts, SessionAccounts owners, SessionStore store, SessionTable table,
			Rotation rotation, TokenMinter minter, Proofs proofs, SeenRecorder seen, TransactionTemplate transaction,
			SessionProperties properties, Clock clock) {
		this.logins = logins;
		this.accounts = accounts;
		this.owners = owners;
		this.store = store;
		this.table = table;
		this.rotation = rotation;
		this.minter = minter;
		this.proofs = proofs;
		this.seen = seen;
		this.transaction = transaction;
		this.properties = properties;
		this.clock = clock;
	}

	/**
	 * Logs in.
	 * @param known whether the account is known where they come from
	 * @return the tokens, or a {@link RefusedException} with
	 * {@link Reason#BAD_CREDENTIALS}, {@link Reason#OVERLOADED} or, for a proof that was
	 * used before, {@link Reason#INVALID_DPOP_PROOF}
	 */
	CompletableFuture<TokenAnswer> login(String username, String password, boolean known, NewSession opening) {
		return this.logins.authenticate(username, password, known, (account) -> open(account, null, opening));
	}

	/**
	 * Logs in whom a passkey has proven. Blocks for the database.
	 * @throws RefusedException {@link Reason#BAD_CREDENTIALS} if the account or the
	 * passkey has changed since
	 */
	TokenAnswer login(PasskeyLogin proven, NewSession opening) {
		return open(proven.account(), proven, opening);
	}

	/** Begins a session of somebody who was authenticated. Blocks for the database. */
	private TokenAnswer open(Account verified, @Nullable PasskeyLogin passkey, NewSession opening) {
		if (opening.proof() != null) {
			this.proofs.use(opening.proof());
		}
		Instant now = this.clock.instant();
		String sessionId = newId();
		RefreshToken refresh = RefreshToken.create();
		Account account = Objects.requireNonNull(this.transaction.execute((status) -> {
			Account held = this.accounts.holdUnchanged(verified);
			if (passkey != null) {
				passkey.requireUnchanged();
			}
			endOldest(held.username(), this.properties.maxPerUser() - 1);
			String storeId = this.store.create(held.username(), sessionId, opening.device(),
					(passkey != null) ? passkey.passkeyId() : null);
			this.table.insert(sessionId, storeId, refresh, opening, held.isElsewhere() ? held.roles() : null);
			return held;
		}));
		String key = opening.keyThumbprint();
		return answer(mint(account, sessionId, key), key, refresh, sessionId, now);
	}

	private void endOldest(String username, int allowed) {
		List<StoredSession> stored = this.store.findByUsername(username);
		endEach(stored.subList(0, Math.max(0, stored.size() - allowed)));
	}

	/** In the order in which {@link SessionTable} says that sessions are locked. */
	private void endEach(List<StoredSession> stored) {
		stored.stream().map(StoredSession::sessionId).sorted().forEach(this::end);
	}

	/**
	 * Takes a refresh token and gives the next.
	 * @param value the token
	 * @param next the generation of the next, or null for one of ours
	 * @param proof what came with it, or null
	 * @throws RefusedException {@link Reason#REFRESH_INVALID}, or
	 * {@link Reason#REFRESH_REUSED} for a token that was replaced before, and no repeat
	 * that {@link Rotation} forgives: either a thief has it or had it, so the session
	 * ends for both
	 * @throws ProofRefusedException where the session is bound to a key and this is no
	 * proof of it. Ends nothing: whoever has the token alone cannot do that either
	 */
	Refreshed refresh(String value, @Nullable String next, @Nullable Proof proof) {
		Instant now = this.clock.instant();
		RefreshToken presented = RefreshToken.parse(value).orElseThrow(Sessions::invalid);
		SessionRow row = this.table.findByFamily(presented)
			.filter((found) -> now.isBefore(found.expiresAt()))
			.orElseThrow(Sessions::invalid);
		Optional<Account> account = this.owners.find(row);
		if (account.isEmpty()) {
			end(row.sessionId());
			throw invalid();
		}
		prove(row, proof);
		// Minted before the old generation is given up: should it fail, the client can
		// try again with the token it has.
		AccessToken access = mint(account.get(), row.sessionId(), row.keyThumbprint());
		try {
			RefreshToken successor = this.rotation.rotate(row, presented, next);
			return new Refreshed(row, answer(access, row.keyThumbprint(), successor, row.sessionId(), now));
		}
		catch (RefreshReusedException ex) {
			end(row.sessionId());
			throw ex;
		}
	}

	/** A session of bearer tokens stays one, whatever proof comes with its refresh. */
	private void prove(SessionRow row, @Nullable Proof proof) {
		if (row.keyThumbprint() == null) {
			if (this.minter.isBoundOnly()) {
				throw invalid();
			}
			return;
		}
		if (proof == null) {
			throw ProofRefusedException.ofTokenRequest(ProofFault.MISSING, ProofFault.MISSING.sentence());
		}
		if (!row.keyThumbprint().equals(proof.thumbprint())) {
			throw ProofRefusedException.ofTokenRequest(ProofFault.HOLDER, ProofFault.HOLDER.sentence());
		}
		this.proofs.use(proof);
	}

	/** A session as it was, and its new tokens. */
	record Refreshed(SessionRow session, TokenAnswer answer) {

	}

	private static RefusedException invalid() {
		return new RefusedException(Reason.REFRESH_INVALID);
	}

	/** The sessions of a user that have not expired, the oldest first. */
	List<StoredSession> list(String username) {
		Instant now = this.clock.instant();
		return this.store.findByUsername(username)
			.stream()
			.filter((session) -> now.isBefore(session.expiresAt()))
			.toList();
	}

	/**
	 * Ends one session of a user's.
	 * @throws RefusedException {@link Reason#NOT_FOUND} if they have no such session
	 */
	void endOwn(String username, String sessionId) {
		if (this.table.find(sessionId).filter((row) -> row.username().equals(username)).isEmpty()) {
			throw new RefusedException(Reason.NOT_FOUND, "You have no session of this id.");
		}
		end(sessionId);
	}

	/**
	 * Ends every session of a user's.
	 * @param keptSession the one that stays, or null for none
	 */
	void endAll(String username, @Nullable String keptSession) {
		this.transaction.executeWithoutResult((status) -> endEach(this.store.findByUsername(username)
			.stream()
			.filter((session) -> !session.sessionId().equals(keptSession))
			.toList()));
	}

	/**
	 * Ends the sessions that a passkey has opened. Blocks for the database.
	 * @param keptSession the one that stays, or null for none
	 */
	public void endOpenedBy(String passkeyId, String username, @Nullable String keptSession) {
		this.transaction.executeWithoutResult((status) -> endEach(this.store.findByUsername(username)
			.stream()
			.filter((session) -> passkeyId.equals(session.passkeyId()) && !session.sessionId().equals(keptSession))
			.toList()));
	}

	/**
	 * Refuses whoever logged in too long ago, which a refresh does not change. Blocks for
	 * the database.
	 * @param age how long ago they may have logged in
	 * @return the session of the caller
	 * @throws RefusedException {@link Reason#LOGIN_TOO_OLD}, or {@link Reason#FORBIDDEN}
	 * where they have no session here
	 */
	public String requireFresh(Caller caller, Duration age) {
		String sessionId = OwnSession.of(caller);
		Instant oldest = this.clock.instant().minus(age);
		if (this.table.findCreation(sessionId).filter((at) -> !at.isBefore(oldest)).isEmpty()) {
			throw new RefusedException(Reason.LOGIN_TOO_OLD);
		}
		return sessionId;
	}

	@EventListener
	void on(CredentialsRevoked event) {
		endAll(event.username(), event.keptSession());
	}

	/**
	 * Ends a session. Blocks for the database. To end one that is not there does nothing.
	 */
	public void end(String sessionId) {
		this.store.end(sessionId);
	}

	/**
	 * Notes that a session is in use. Never blocks: written behind the caller's back, at
	 * most once a minute for a session.
	 */
	public void seen(String sessionId) {
		this.seen.seen(sessionId);
	}

	private AccessToken mint(Account account, String sessionId, @Nullable String keyThumbprint) {
		return this.minter.mint(account.username(), account.roles(), sessionId, keyThumbprint);
	}

	private static TokenAnswer answer(AccessToken access, @Nullable String keyThumbprint, RefreshToken refresh,
			String sessionId, Instant now) {
		// Rounded down, so that a client never thinks its token lives longer than it
		// does.
		long expiresIn = Duration.between(now.truncatedTo(ChronoUnit.MILLIS), access.expiresAt()).toSeconds();
		String type = (keyThumbprint != null) ? "DPoP" : "Bearer";
		return new TokenAnswer(access.value(), type, expiresIn, refresh.value(), sessionId);
	}

	private static String newId() {
		byte[] bytes = new byte[ID_BYTES];
		random.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

}
