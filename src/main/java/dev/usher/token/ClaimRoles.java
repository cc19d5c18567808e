package dev.usher.token;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.nimbusds.jose.JWSObject;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.WorkerPool;
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
 * on threads of its own, because it may well ask a database.
 */
@Component
class ClaimRoles implements DisposableBean {

	/** What Spring Security puts in front of a role. */
	private static final String PREFIX = "ROLE_";

	private static final int THREADS = 4;

	private static final int MAX_WAITING = 2000;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	/** How long the thread of one that hangs is not thought to be stuck. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final Logger logger = LoggerFactory.getLogger(ClaimRoles.class);

	private final @Nullable Converter<Jwt, Collection<GrantedAuthority>> converter;

	private final Converter<Map<String, Object>, Map<String, Object>> types = MappedJwtClaimSetConverter
		.withDefaults(Map.of());

	private final WorkerPool executor = new WorkerPool("claim-roles-", THREADS, new ArrayBlockingQueue<>(MAX_WAITING),
			PATIENCE);

	ClaimRoles(ObjectProvider<Converter<Jwt, Collection<GrantedAuthority>>> converter) {
		this.converter = converter.getIfAvailable();
		this.executor.allowCoreThreadTimeOut(true);
	}

	/** Whether there is somebody to ask. */
	boolean isPresent() {
		return this.converter != null;
	}

	/**
	 * Asks for roles. Never blocks.
	 * @param token the compact token, which is verified
	 * @param wait how long to wait for an answer
	 * @return the roles, with no {@code ROLE_} in front; or a {@link BadTokenException}
	 * where the converter failed, or {@link Reason#OVERLOADED} where it took too long
	 */
	CompletableFuture<Set<String>> ask(String token, JWSObject jws, Duration wait) {
		CompletableFuture<Set<String>> answer = new CompletableFuture<>();
		answer.orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS);
		try {
			this.executor.execute(() -> {
				if (!answer.isDone()) {
					convert(token, jws, answer);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			answer.completeExceptionally(overloaded());
		}
		return answer.exceptionallyCompose((failure) -> CompletableFuture
			.failedFuture((failure instanceof TimeoutException) ? overloaded() : failure));
	}

	private void convert(String token, JWSObject jws, CompletableFuture<Set<String>> answer) {
		try {
			Jwt jwt = Jwt.withTokenValue(token)
				.headers((headers) -> headers.putAll(jws.getHeader().toJSONObject()))
				.claims((claims) -> claims.putAll(this.types.convert(jws.getPayload().toJSONObject())))
				.build();
			Set<String> roles = new HashSet<>();
			for (GrantedAuthority authority : authorities(jwt)) {
				String role = authority.getAuthority();
				if (role != null) {
					roles.add(role.startsWith(PREFIX) ? role.substring(PREFIX.length()) : role);
				}
			}
			answer.complete(roles);
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			answer.completeExceptionally(new ClaimRolesException(ex));
		}
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

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
