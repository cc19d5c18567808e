package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSObject;
import dev.usher.access.RoleNames;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.Sha256;
import dev.usher.thread.Failures;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.SteadyTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;
import org.springframework.stereotype.Component;

/**
 * Asks an extension's {@code Converter<Jwt, Collection<GrantedAuthority>>}, if there is
 * one, for the roles of a token of another issuer. It is asked for verified tokens alone,
 * on threads of the issuer's own, because it may well ask a database. Whoever comes with
 * the same token meanwhile waits for the same answer, which is then kept for a minute: a
 * page makes many requests, and after a restart all clients come at once.
 */
@Component
class ClaimRoles implements DisposableBean {

	/** Roles are taken away elsewhere; a connection keeps them for its token's life. */
	private static final Duration KEPT = Duration.ofMinutes(1);

	/** Some 200 bytes each; one that is forgotten is asked for again. */
	private static final int MAX_KEPT = 10_000;

	/** How many may wait for the answer to one token while its converter hangs. */
	private static final int MAX_ALIKE = 1000;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	private static final Logger logger = LoggerFactory.getLogger(ClaimRoles.class);

	private final @Nullable Converter<Jwt, Collection<GrantedAuthority>> converter;

	private final Converter<Map<String, Object>, Map<String, Object>> types = MappedJwtClaimSetConverter
		.withDefaults(Map.of());

	/** By the name of the issuer, of which there are those that are configured. */
	private final ConcurrentHashMap<String, RoleLine> lines = new ConcurrentHashMap<>();

	/** By the digest of the token, so that memory holds no token for this. */
	private final Cache<String, Set<String>> answers;

	/** What waits or is being asked, likewise; bounded as the lines are. */
	private final ConcurrentHashMap<String, Question> questions = new ConcurrentHashMap<>();

	ClaimRoles(ObjectProvider<Converter<Jwt, Collection<GrantedAuthority>>> converter, SteadyTime time) {
		this.converter = converter.getIfAvailable();
		this.answers = Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).ticker(time::nanos).build();
	}

	/** Whether there is somebody to ask. */
	boolean isPresent() {
		return this.converter != null;
	}

	/**
	 * Asks for roles. Never blocks.
	 * @param jws the token, which is verified
	 * @param issuer whose it is
	 * @param user whom it names; one user's tokens are asked for one after the other
	 * @param wait how long to wait for an answer
	 * @return the roles that the issuer may give, with no {@code ROLE_} in front; or a
	 * {@link BadTokenException} where the converter failed, or {@link Reason#OVERLOADED}
	 * where it took too long
	 */
	CompletableFuture<Set<String>> ask(JWSObject jws, TrustedIssuer issuer, String user, Duration wait) {
		String key = digest(jws.getParsedString());
		Set<String> kept = this.answers.getIfPresent(key);
		if (kept != null) {
			return CompletableFuture.completedFuture(kept);
		}
		Question mine = new Question();
		Question present = this.questions.putIfAbsent(key, mine);
		Question question = (present != null) ? present : mine;
		if (!question.awaitFor(wait)) {
			return CompletableFuture.failedFuture(overloaded());
		}
		if (present == null) {
			begin(key, question, jws, issuer, user);
		}
		return question.answer.copy()
			.orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionallyCompose((failure) -> CompletableFuture
				.failedFuture((failure instanceof TimeoutException) ? overloaded() : Failures.unwrap(failure)));
	}

	private void begin(String key, Question question, JWSObject jws, TrustedIssuer issuer, String user) {
		try {
			this.lines.computeIfAbsent(issuer.name(), (name) -> new RoleLine())
				.execute(user, () -> answer(key, question, jws, issuer));
		}
		catch (RejectedExecutionException ex) {
			this.questions.remove(key);
			question.answer.completeExceptionally(overloaded());
		}
	}

	private void answer(String key, Question question, JWSObject jws, TrustedIssuer issuer) {
		if (!question.isAwaited()) {
			this.questions.remove(key);
			question.answer.completeExceptionally(overloaded());
			return;
		}
		try {
			Set<String> roles = convert(jws, issuer);
			this.answers.put(key, roles);
			this.questions.remove(key);
			question.answer.complete(roles);
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			this.questions.remove(key);
			question.answer.completeExceptionally(new ClaimRolesException(ex));
		}
	}

	private Set<String> convert(JWSObject jws, TrustedIssuer issuer) {
		Jwt jwt = Jwt.withTokenValue(jws.getParsedString())
			.headers((headers) -> headers.putAll(jws.getHeader().toJSONObject()))
			.claims((claims) -> claims.putAll(this.types.convert(jws.getPayload().toJSONObject())))
			.build();
		Set<String> roles = new HashSet<>();
		for (GrantedAuthority authority : authorities(jwt)) {
			String name = authority.getAuthority();
			if (name != null) {
				roles.add(RoleNames.ofAuthority(name));
			}
		}
		return issuer.roles().of(roles);
	}

	private Collection<GrantedAuthority> authorities(Jwt jwt) {
		Converter<Jwt, Collection<GrantedAuthority>> present = this.converter;
		Collection<GrantedAuthority> authorities = (present != null) ? present.convert(jwt) : null;
		return Objects.requireNonNull(authorities, "The converter answered null");
	}

	private static RefusedException overloaded() {
		return new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), RETRY_AFTER);
	}

	/** Writes down why a token was refused, under the name that its sender has too. */
	static void log(ClaimRolesException failure, RefusedException refusal) {
		logger.warn("A token was refused because the converter of its claims failed, incident {}",
				refusal.incident().orElse("none"), failure.failure());
	}

	private static String digest(String token) {
		return Base64.getEncoder().encodeToString(Sha256.of(token.getBytes(StandardCharsets.US_ASCII)));
	}

	@Override
	public void destroy() {
		this.lines.values().forEach(RoleLine::close);
	}

	/** A token whose roles are asked for, by one or by many at once. */
	private static final class Question {

		private final CompletableFuture<Set<String>> answer = new CompletableFuture<>();

		private final long begun = System.nanoTime();

		/** How long after that somebody still waits, in nanoseconds. */
		private final AtomicLong awaited = new AtomicLong();

		/** Who has waited; whoever gave up still takes memory until it is answered. */
		private final AtomicInteger waiters = new AtomicInteger();

		/** Somebody waits; false where too many do or did. */
		private boolean awaitFor(Duration wait) {
			long until = System.nanoTime() - this.begun + wait.toNanos();
			this.awaited.accumulateAndGet(until, Math::max);
			return this.waiters.incrementAndGet() <= MAX_ALIKE;
		}

		private boolean isAwaited() {
			return System.nanoTime() - this.begun < this.awaited.get();
		}

	}

}
