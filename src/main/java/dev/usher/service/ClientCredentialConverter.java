package dev.usher.service;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
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
		if (found.size() > 1 || isDoubtful(request, found.get(0))) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
		}
		return found.get(0);
	}

	/**
	 * Whether there is another credential beside the one that was found, or part of one.
	 */
	private static boolean isDoubtful(HttpServletRequest request, Authentication found) {
		List<String> lines = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
		String[] ids = request.getParameterValues(OAuth2ParameterNames.CLIENT_ID);
		boolean form = request.getParameter(OAuth2ParameterNames.CLIENT_SECRET) != null
				|| request.getParameter(OAuth2ParameterNames.CLIENT_ASSERTION) != null;
		boolean another = ids != null && !(ids.length == 1 && ids[0].equals(found.getPrincipal()));
		return lines.size() > 1 || (!lines.isEmpty() && form) || another;
	}

}
