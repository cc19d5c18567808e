package dev.usher.service;

import java.util.List;
import java.util.Objects;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretBasicAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretPostAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Finds the one credential of a request. Two are refused (RFC 6749, section 2.3): another
 * hop may have looked at the other one.
 */
final class ClientCredentialConverter implements AuthenticationConverter {

	private final List<AuthenticationConverter> kinds = List.of(new ClientAssertionConverter(),
			new ClientSecretBasicAuthenticationConverter(), new ClientSecretPostAuthenticationConverter());

	@Override
	public @Nullable Authentication convert(HttpServletRequest request) {
		List<Authentication> found = this.kinds.stream()
			.map((kind) -> kind.convert(request))
			.filter(Objects::nonNull)
			.toList();
		if (found.isEmpty()) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
		}
		if (found.size() > 1) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
		}
		return found.get(0);
	}

}
