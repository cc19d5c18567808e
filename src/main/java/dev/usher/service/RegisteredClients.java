package dev.usher.service;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/** Our clients as Spring Security's authorization server knows clients. */
final class RegisteredClients implements RegisteredClientRepository {

	/** The members of its settings that it hands on to those who come after it. */
	static final String PUBLISH = "usher.publish";

	static final String JWKS = "usher.jwks";

	private final ClientRepository repository;

	RegisteredClients(ClientRepository repository) {
		this.repository = repository;
	}

	@Override
	public void save(RegisteredClient client) {
		throw new UnsupportedOperationException("clients are made by an administrator");
	}

	@Override
	public @Nullable RegisteredClient findById(String id) {
		return findByClientId(id);
	}

	@Override
	public @Nullable RegisteredClient findByClientId(String clientId) {
		return storage(() -> this.repository.find(clientId)).map(RegisteredClients::registered).orElse(null);
	}

	private static RegisteredClient registered(Client client) {
		ClientSettings.Builder settings = ClientSettings.builder().setting(PUBLISH, client.publish());
		if (client.jwks() != null) {
			// Which one it is decides the assertion's key; that it is asymmetric counts.
			settings.tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.RS256).setting(JWKS, client.jwks());
		}
		RegisteredClient.Builder registered = RegisteredClient.withId(client.id()).clientId(client.id());
		if (!client.secretHashes().isEmpty()) {
			registered.clientSecret(String.join(" ", client.secretHashes()));
		}
		return registered.clientAuthenticationMethods((methods) -> {
			if (client.jwks() != null) {
				methods.add(ClientAuthenticationMethod.PRIVATE_KEY_JWT);
			}
			if (!client.secretHashes().isEmpty()) {
				methods.add(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
				methods.add(ClientAuthenticationMethod.CLIENT_SECRET_POST);
			}
		})
			.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
			.scopes((scopes) -> scopes.addAll(client.scopes()))
			.clientSettings(settings.build())
			.tokenSettings(TokenSettings.builder().build())
			.build();
	}

	/** Runs what asks the database, and says so in OAuth's words if it is away. */
	static <T> T storage(Supplier<T> work) {
		try {
			return work.get();
		}
		catch (DataAccessException ex) {
			throw new OAuth2AuthenticationException(TokenErrors.temporarilyUnavailable(), ex);
		}
	}

}
