package dev.usher.service;

import java.util.Map;
import java.util.Set;

import dev.usher.dpop.Proofs;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2ClientCredentialsAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Reads the grant {@code client_credentials}. Who names no scope gets all the client has:
 * RFC 6749, section 3.3 asks for a default, and a token that allows nothing is of no use.
 */
final class ClientCredentialsConverter implements AuthenticationConverter {

	private final AuthenticationConverter grant = new OAuth2ClientCredentialsAuthenticationConverter();

	private final Proofs proofs;

	ClientCredentialsConverter(Proofs proofs) {
		this.proofs = proofs;
	}

	@Override
	public @Nullable Authentication convert(HttpServletRequest request) {
		// First: Spring Security calls two of them another error.
		Map<String, Object> proof = ClientProof.read(request, this.proofs);
		Authentication converted = this.grant.convert(request);
		if (converted instanceof OAuth2ClientCredentialsAuthenticationToken token
				&& token.getPrincipal() instanceof OAuth2ClientAuthenticationToken client) {
			Set<String> scopes = token.getScopes().isEmpty() ? scopes(client.getRegisteredClient()) : token.getScopes();
			return new OAuth2ClientCredentialsAuthenticationToken(client, scopes, proof);
		}
		return converted;
	}

	private static Set<String> scopes(@Nullable RegisteredClient client) {
		return (client != null) ? client.getScopes() : Set.of();
	}

}
