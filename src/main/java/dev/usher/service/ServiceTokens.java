package dev.usher.service;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.dpop.Proofs;
import dev.usher.token.AccessToken;
import dev.usher.token.TokenMinter;

import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;

/**
 * Mints the tokens of services with the keys of all our tokens, so that one JWK set and
 * one verifier serve both. What a scope means is written into the token, as roles and as
 * patterns of destinations, which is all that whoever verifies it looks at.
 */
final class ServiceTokens implements OAuth2TokenGenerator<OAuth2AccessToken> {

	private static final List<String> EVERYWHERE = List.of("/**");

	private final TokenMinter minter;

	private final ClientRepository repository;

	private final Proofs proofs;

	private final Clock clock;

	ServiceTokens(TokenMinter minter, ClientRepository repository, Proofs proofs, Clock clock) {
		this.proofs = proofs;
		this.minter = minter;
		this.repository = repository;
		this.clock = clock;
	}

	@Override
	public OAuth2AccessToken generate(OAuth2TokenContext context) {
		RegisteredClient client = context.getRegisteredClient();
		Set<String> scopes = context.getAuthorizedScopes();
		String key = ClientProof.use(context.getAuthorizationGrant(), this.proofs);
		AccessToken token = this.minter.mintForService(client.getClientId(), scopes, roles(scopes),
				scopes.contains(Scope.PUBLISH.word()) ? patterns(client) : List.of(), key);
		// Asked after minting: a client deleted since it was looked up is either missing
		// here, or deleted later than this token's iat and the token dies of that.
		if (RegisteredClients.storage(() -> this.repository.find(client.getClientId())).isEmpty()) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
		}
		Instant issuedAt = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		return (key != null) ? new BoundToken(token, issuedAt, scopes, key) : new OAuth2AccessToken(
				OAuth2AccessToken.TokenType.BEARER, token.value(), issuedAt, token.expiresAt(), scopes);
	}

	private static Set<String> roles(Set<String> scopes) {
		Set<String> roles = new HashSet<>();
		scopes.forEach((word) -> Scope.of(word).ifPresent((scope) -> roles.addAll(scope.roles())));
		return roles;
	}

	private static List<String> patterns(RegisteredClient client) {
		List<String> patterns = client.getClientSettings().getSetting(RegisteredClients.PUBLISH);
		return (patterns == null || patterns.isEmpty()) ? EVERYWHERE : patterns;
	}

	/** By its claim {@code cnf} Spring Security tells the type that it answers. */
	private static final class BoundToken extends OAuth2AccessToken implements ClaimAccessor {

		private static final long serialVersionUID = 1L;

		private final transient Map<String, Object> claims;

		BoundToken(AccessToken token, Instant issuedAt, Set<String> scopes, String keyThumbprint) {
			super(TokenType.DPOP, token.value(), issuedAt, token.expiresAt(), scopes);
			this.claims = Map.of("cnf", Map.of("jkt", keyThumbprint));
		}

		@Override
		public Map<String, Object> getClaims() {
			return this.claims;
		}

	}

}
