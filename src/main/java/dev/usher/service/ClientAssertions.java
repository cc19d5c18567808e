package dev.usher.service;

import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.usher.token.UsedIds;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;

/**
 * Verifies what a client signs to say who it is (RFC 7523, section 3): with one of its
 * own keys, as itself, for us, now, and once.
 */
final class ClientAssertions implements JwtDecoderFactory<RegisteredClient> {

	/** What a key of a client may sign with; nothing that a public key could forge. */
	static final List<JWSAlgorithm> ALGORITHMS = List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512,
			JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512, JWSAlgorithm.ES256, JWSAlgorithm.ES384,
			JWSAlgorithm.ES512);

	/** Bounds for how long a used assertion must be remembered. */
	private static final Duration LONGEST = Duration.ofHours(1);

	/** How far another clock may be ahead of ours. */
	private static final Duration LEEWAY = Duration.ofSeconds(30);

	private static final int MAX_ID = 255;

	private static final DefaultJOSEObjectTypeVerifier<SecurityContext> TYPES = new DefaultJOSEObjectTypeVerifier<>(
			JOSEObjectType.JWT, new JOSEObjectType("client-authentication+jwt"), null);

	private final UsedIds used;

	private final Audiences audiences;

	private final Clock clock;

	ClientAssertions(UsedIds used, Audiences audiences, Clock clock) {
		this.used = used;
		this.audiences = audiences;
		this.clock = clock;
	}

	@Override
	public JwtDecoder createDecoder(RegisteredClient client) {
		DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
		processor.setJWSTypeVerifier(TYPES);
		processor.setJWSKeySelector(
				new JWSVerificationKeySelector<>(Set.copyOf(ALGORITHMS), new ImmutableJWKSet<>(keys(client))));
		// All that is checked of the claims is checked below, by our own clock.
		processor.setJWTClaimsSetVerifier((claims, context) -> {
		});
		NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
		decoder.setJwtValidator((assertion) -> {
			String wrong = problem(client.getClientId(), assertion);
			return (wrong != null)
					? OAuth2TokenValidatorResult.failure(new OAuth2Error(OAuth2ErrorCodes.INVALID_CLIENT, wrong, null))
					: OAuth2TokenValidatorResult.success();
		});
		return decoder;
	}

	private static JWKSet keys(RegisteredClient client) {
		try {
			String jwks = client.getClientSettings().getSetting(RegisteredClients.JWKS);
			return (jwks != null) ? JWKSet.parse(jwks) : new JWKSet();
		}
		catch (ParseException ex) {
			throw new IllegalStateException("kept keys are no JWK set", ex);
		}
	}

	/** What is wrong with an assertion whose signature fits, or null. */
	private @Nullable String problem(String clientId, Jwt assertion) {
		if (!clientId.equals(assertion.getClaimAsString("iss")) || !clientId.equals(assertion.getSubject())) {
			return "iss and sub must be the client";
		}
		List<String> audience = assertion.getAudience();
		if (audience == null || audience.stream().noneMatch(this.audiences::contains)) {
			return "aud is not this gateway";
		}
		Instant now = this.clock.instant();
		Instant expiresAt = assertion.getExpiresAt();
		if (expiresAt == null || !now.isBefore(expiresAt) || expiresAt.isAfter(now.plus(LONGEST))) {
			return "exp must be within an hour from now";
		}
		if (isAhead(assertion.getNotBefore(), now) || isAhead(assertion.getIssuedAt(), now)) {
			return "it is not yet valid";
		}
		String id = assertion.getId();
		if (id == null || id.isEmpty() || id.length() > MAX_ID) {
			return "it needs a jti";
		}
		// Last, because it uses the assertion up.
		boolean first = RegisteredClients.storage(() -> this.used.use(clientId, id, expiresAt));
		return first ? null : "it was used before";
	}

	private static boolean isAhead(@Nullable Instant instant, Instant now) {
		return instant != null && instant.isAfter(now.plus(LEEWAY));
	}

}
