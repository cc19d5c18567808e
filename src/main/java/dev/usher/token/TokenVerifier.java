package dev.usher.token;

import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TokenFault;
import dev.usher.protocol.TokenRefusedException;
import dev.usher.thread.Failures;
import dev.usher.thread.FatalErrors;
import dev.usher.token.VerificationKeys.Reloaded;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Verifies access tokens: our own (RFC 9068) and those of trusted issuers. Every token
 * needs {@code iss}, {@code sub}, {@code aud} and {@code exp}. {@code nbf} and
 * {@code iat} may be {@code usher.token.leeway} (30 s) ahead of our clock; {@code exp} is
 * exact. What a token claims of itself chooses which issuer's keys are tried and nothing
 * else. Any thread may call.
 */
@Component
public class TokenVerifier {

	/** The longest token that is looked at, in characters. */
	public static final int MAX_LENGTH = 16 * 1024;

	/** Less than any CONNECT has by default, so that its ERROR says what is wrong. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(4);

	private static final Logger logger = LoggerFactory.getLogger(TokenVerifier.class);

	private final Issuers issuers;

	private final CallerResolver callers;

	private final ClaimRoles claimRoles;

	private final Revocations revocations;

	private final KnownSignatures signatures = new KnownSignatures();

	private final Clock clock;

	private final Duration leeway;

	private final Duration maxLifetime;

	private final Duration maxWait;

	private final TokenTally tally;

	@Autowired
	TokenVerifier(Issuers issuers, CallerResolver callers, ClaimRoles claimRoles, Revocations revocations, Clock clock,
			TokenProperties properties) {
		this(issuers, callers, claimRoles, revocations, clock, properties, MAX_WAIT);
	}

	/**
	 * Makes one of other patience.
	 * @param maxWait how long a token waits for keys, and how long for an extension
	 */
	TokenVerifier(Issuers issuers, CallerResolver callers, ClaimRoles claimRoles, Revocations revocations, Clock clock,
			TokenProperties properties, Duration maxWait) {
		this.maxWait = maxWait;
		this.claimRoles = claimRoles;
		this.issuers = issuers;
		this.tally = new TokenTally(issuers.names());
		this.callers = callers;
		this.revocations = revocations;
		this.clock = clock;
		this.leeway = properties.token().leeway();
		this.maxLifetime = properties.token().maxLifetime();
	}

	/**
	 * Verifies a bearer token. One that is bound to a key is refused: whoever shows it so
	 * may have stolen it. Never throws, never blocks and never touches the database.
	 * @param token the compact JWT
	 * @return the caller, already complete unless an issuer's keys must be fetched first;
	 * it is then completed within seconds, on a thread that other callers of this issuer
	 * wait for as well, so dependents must not block it. Fails with a
	 * {@link RefusedException} of {@link Reason#TOKEN_EXPIRED} where all is well but for
	 * {@code exp}, {@link Reason#REVOKED}, {@link Reason#ISSUER_UNAVAILABLE} where its
	 * key may exist and cannot be had now, or {@link Reason#UNAUTHORIZED}, which never
	 * says what was wrong; a {@link TokenRefusedException} knows it
	 */
	public CompletionStage<Caller> verify(String token) {
		return verify(token, Binding.NONE);
	}

	/**
	 * The same of a token that is bound to a key (RFC 9449), and of no other. The caller
	 * has a {@link Caller#keyThumbprint()}, and is nobody before a proof of that key is
	 * there too, or was when their connection began.
	 */
	public CompletionStage<Caller> verifyBound(String token) {
		return verify(token, Binding.KEY);
	}

	/**
	 * The same of either kind, for whoever asks about a token and does nothing in its
	 * name. Is not counted.
	 */
	public CompletionStage<Caller> examine(String token) {
		return verify(token, Binding.EITHER);
	}

	/** What came of it so far. */
	TokenTally tally() {
		return this.tally;
	}

	private CompletionStage<Caller> verify(String token, Binding binding) {
		CompletableFuture<Caller> answer = new CompletableFuture<>();
		if (binding != Binding.EITHER) {
			answer.whenComplete(this.tally::count);
		}
		Unverified unverified = null;
		try {
			unverified = parse(token, binding);
			begin(unverified, trusted(unverified), answer);
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			answer.completeExceptionally(refusal(unverified, ex));
		}
		return answer;
	}

	private void begin(Unverified unverified, TrustedIssuer issuer, CompletableFuture<Caller> answer)
			throws BadTokenException {
		VerificationKeys keys = issuer.keys();
		JWSVerifier key = keys.find(unverified.kid());
		if (key != null) {
			complete(unverified, issuer, key, answer);
			return;
		}
		keys.reload()
			.thenApply((same) -> same)
			.toCompletableFuture()
			.completeOnTimeout(Reloaded.FAILED, this.maxWait.toMillis(), TimeUnit.MILLISECONDS)
			.thenAccept((reloaded) -> retry(unverified, issuer, reloaded, answer));
	}

	private void retry(Unverified unverified, TrustedIssuer issuer, Reloaded reloaded,
			CompletableFuture<Caller> answer) {
		try {
			JWSVerifier key = issuer.keys().find(unverified.kid());
			if (key == null) {
				throw noKey(unverified, issuer, reloaded);
			}
			complete(unverified, issuer, key, answer);
		}
		catch (Throwable ex) {
			// Whoever waits for this must hear of it whatever it is.
			FatalErrors.endIfFatal(ex);
			answer.completeExceptionally(refusal(unverified, ex));
		}
	}

	/** An extension is asked last, for what is verified, and can only choose roles. */
	private void complete(Unverified token, TrustedIssuer issuer, JWSVerifier key, CompletableFuture<Caller> answer)
			throws BadTokenException {
		Caller caller = accept(token, issuer, key);
		if (issuer.own() || !this.claimRoles.isPresent()) {
			answer.complete(caller);
			return;
		}
		this.claimRoles.ask(token.jws(), issuer, caller.name(), this.maxWait).whenComplete((roles, failure) -> {
			try {
				if (failure != null) {
					throw Failures.unwrap(failure);
				}
				Caller mapped = this.callers.withRoles(caller, issuer, token.claims(), roles);
				checkAlive(mapped, this.clock.instant());
				answer.complete(mapped);
			}
			catch (Throwable ex) {
				FatalErrors.endIfFatal(ex);
				answer.completeExceptionally(refusal(token, ex));
			}
		});
	}

	/**
	 * Whoever is told that their token is bad logs in again, so this is said only where
	 * it is certain that the key does not exist.
	 */
	private static BadTokenException noKey(Unverified unverified, TrustedIssuer issuer, Reloaded reloaded)
			throws BadTokenException {
		boolean mayExist = switch (reloaded) {
			case DONE -> false;
			case FAILED -> true;
			case TOO_SOON -> issuer.keys().mayBeMissing(unverified.claims().instant("iat"));
		};
		if (mayExist) {
			throw new RefusedException(Reason.ISSUER_UNAVAILABLE, Reason.ISSUER_UNAVAILABLE.message(),
					issuer.keys().retryAfter());
		}
		return new BadTokenException(TokenFault.KEY, "no key of " + issuer.name() + " has its kid");
	}

	private static RefusedException refusal(@Nullable Unverified token, Throwable failure) {
		String iss = (token != null) ? token.iss() : null;
		String kid = (token != null) ? token.kid() : null;
		if (failure instanceof RefusedException refused) {
			logger.debug("A token was refused: {}", refused.reason());
			return new TokenRefusedException(refused.reason(), null, iss, kid, refused.retryAfter().orElse(null));
		}
		if (failure instanceof BadTokenException bad) {
			logger.debug("A token was refused: {}", failure.getMessage());
			RefusedException refusal = new TokenRefusedException(Reason.UNAUTHORIZED, bad.fault(), iss, kid, null);
			if (bad instanceof ClaimRolesException roles) {
				ClaimRoles.log(roles, refusal);
			}
			return refusal;
		}
		// Its message could repeat the token.
		logger.warn("A token was refused because verifying it failed with {}", failure.getClass().getName());
		return new TokenRefusedException(Reason.UNAUTHORIZED, TokenFault.MALFORMED, iss, kid, null);
	}

	private TrustedIssuer trusted(Unverified token) throws BadTokenException {
		TrustedIssuer issuer = this.issuers.find(token.iss());
		if (issuer == null) {
			throw new BadTokenException(TokenFault.ISSUER, "iss is nobody we trust");
		}
		issuer.check(token.jws().getHeader());
		return issuer;
	}

	private static Unverified parse(String token, Binding binding) throws BadTokenException {
		checkShape(token);
		JWSObject jws;
		try {
			jws = JWSObject.parse(token);
		}
		catch (ParseException | RuntimeException ex) {
			// The parser throws the latter for a header of null.
			throw new BadTokenException(TokenFault.MALFORMED, "it is no JWS with a JSON header");
		}
		Claims claims = Claims.parse(jws.getPayload().toString());
		return new Unverified(claims.requiredString("iss"), jws, claims, binding);
	}

	/**
	 * Three parts of base64url and nothing else. The parser would skip foreign characters
	 * in silence, and one token could be written in many ways.
	 */
	private static void checkShape(String token) throws BadTokenException {
		if (token.length() > MAX_LENGTH) {
			throw new BadTokenException(TokenFault.MALFORMED, "it is too long");
		}
		int dots = 0;
		for (int i = 0; i < token.length(); i++) {
			char c = token.charAt(i);
			if (c == '.') {
				dots++;
			}
			else if (!isBase64Url(c)) {
				throw new BadTokenException(TokenFault.MALFORMED, "it holds a character that is not base64url");
			}
		}
		if (dots != 2) {
			throw new BadTokenException(TokenFault.MALFORMED, "it has not three parts");
		}
	}

	private static boolean isBase64Url(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
	}

	private Caller accept(Unverified token, TrustedIssuer issuer, JWSVerifier key) throws BadTokenException {
		if (!this.signatures.fits(token.jws(), key)) {
			throw new BadTokenException(TokenFault.SIGNATURE, "the signature does not fit");
		}
		Claims claims = token.claims();
		issuer.recipient().check(claims);
		Caller caller = this.callers.resolve(issuer, claims);
		Instant now = this.clock.instant();
		checkNotAhead("nbf", claims.instant("nbf"), now);
		checkNotAhead("iat", caller.issuedAt(), now);
		checkLifetime(issuer, caller, now);
		checkBinding(token, issuer, caller);
		checkAlive(caller, now);
		return caller;
	}

	private void checkAlive(Caller caller, Instant now) {
		if (!now.isBefore(caller.expiresAt())) {
			throw new RefusedException(Reason.TOKEN_EXPIRED);
		}
		if (this.revocations.isRevoked(caller)) {
			throw new RefusedException(Reason.REVOKED);
		}
	}

	private static void checkBinding(Unverified token, TrustedIssuer issuer, Caller caller) throws BadTokenException {
		boolean bound = caller.keyThumbprint() != null;
		if (bound && token.binding() == Binding.NONE) {
			throw new BadTokenException(TokenFault.BINDING, "it is bound to a key and came as a bearer token");
		}
		if (!bound && (token.binding() == Binding.KEY || issuer.boundOnly())) {
			throw new BadTokenException(TokenFault.BINDING, "it is bound to no key");
		}
	}

	/** A token that outlived the memory of its revocation would come back to life. */
	private void checkLifetime(TrustedIssuer issuer, Caller caller, Instant now) throws BadTokenException {
		Instant begin = (caller.issuedAt() != null) ? caller.issuedAt() : now;
		if (!issuer.own() && caller.expiresAt().isAfter(begin.plus(this.maxLifetime))) {
			throw new BadTokenException(TokenFault.LIFETIME, "it lives longer than usher.token.max-lifetime");
		}
	}

	private void checkNotAhead(String name, @Nullable Instant instant, Instant now) throws BadTokenException {
		if (instant != null && instant.isAfter(now.plus(this.leeway))) {
			throw new BadTokenException(TokenFault.NOT_YET, name + " is in the future");
		}
	}

	/**
	 * A token whose claims choose an issuer but are not to be believed yet.
	 *
	 * @param binding as what it came
	 */
	private record Unverified(String iss, JWSObject jws, Claims claims, Binding binding) {

		@Nullable String kid() {
			return this.jws.getHeader().getKeyID();
		}

	}

}
