package dev.usher.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.token.Revocations;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/**
 * Verifies session cookies. What the database said is believed for a minute, and of the
 * end of a session one hears at once, because its revocation is asked each time. Any
 * thread may call; never blocks.
 */
@Service
public class CookieLogins {

	/** How old roles may be, at most. */
	private static final Duration FRESH = Duration.ofMinutes(1);

	/** Some 10 MiB when full; one that is forgotten is looked up again. */
	private static final int MAX_REMEMBERED = 20_000;

	private final SessionCallers callers;

	private final SessionExecutor executor;

	private final Revocations revocations;

	private final Clock clock;

	private final Cache<String, Verified> recent = Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

	CookieLogins(SessionCallers callers, SessionExecutor executor, Revocations revocations, Clock clock) {
		this.callers = callers;
		this.executor = executor;
		this.revocations = revocations;
		this.clock = clock;
	}

	/**
	 * Verifies a cookie of a request that changes nothing.
	 * @return the caller, who is as if a token had been minted within the last minute; or
	 * a {@link RefusedException} of {@link Reason#UNAUTHORIZED}, {@link Reason#REVOKED}
	 * or {@link Reason#OVERLOADED}
	 */
	public CompletionStage<Caller> authenticate(SessionCookie cookie) {
		if (!cookie.isWellFormed()) {
			return CompletableFuture.failedFuture(new RefusedException(Reason.UNAUTHORIZED));
		}
		String hash = cookie.hash();
		Verified known = this.recent.getIfPresent(hash);
		if (known != null && known.isFresh(this.clock.instant())) {
			return unlessRevoked(known.caller());
		}
		return this.executor.submit(() -> look(hash)).thenCompose(this::unlessRevoked);
	}

	/**
	 * The same where the CSRF token must be repeated: a request that changes something, a
	 * WebSocket.
	 * @param csrfToken what the page repeated, or null
	 */
	public CompletionStage<Caller> authenticate(SessionCookie cookie, @Nullable String csrfToken) {
		return cookie.isRepeatedBy(csrfToken) ? authenticate(cookie)
				: CompletableFuture.failedFuture(new RefusedException(Reason.UNAUTHORIZED));
	}

	private Caller look(String hash) {
		Instant now = this.clock.instant();
		Caller caller = this.callers.findByCookie(hash).orElseThrow(() -> new RefusedException(Reason.UNAUTHORIZED));
		// Never longer than a token lives: so long a revocation is remembered.
		Instant until = now.plus(FRESH);
		this.recent.put(hash, new Verified(caller, until.isBefore(caller.expiresAt()) ? until : caller.expiresAt()));
		return caller;
	}

	private CompletionStage<Caller> unlessRevoked(Caller caller) {
		return this.revocations.isRevoked(caller) ? CompletableFuture.failedFuture(new RefusedException(Reason.REVOKED))
				: CompletableFuture.completedFuture(caller);
	}

	private record Verified(Caller caller, Instant until) {

		boolean isFresh(Instant now) {
			return now.isBefore(this.until);
		}

	}

}
