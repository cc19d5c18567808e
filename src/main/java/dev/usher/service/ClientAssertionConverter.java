package dev.usher.service;

import java.text.ParseException;
import java.util.Map;

import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Finds the assertion of a request (RFC 7521, section 4.2). {@code client_id} need not
 * stand beside it: who the client says to be, the assertion's {@code sub} says.
 */
final class ClientAssertionConverter implements AuthenticationConverter {

	private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

	private static final ClientAuthenticationMethod METHOD = new ClientAuthenticationMethod(TYPE);

	/** As long as an access token may be. */
	private static final int MAX_LENGTH = 16 * 1024;

	@Override
	public @Nullable Authentication convert(HttpServletRequest request) {
		String[] types = request.getParameterValues("client_assertion_type");
		String[] assertions = request.getParameterValues("client_assertion");
		if (types == null && assertions == null) {
			return null;
		}
		if (types == null || assertions == null || types.length != 1 || assertions.length != 1
				|| !types[0].equals(TYPE)) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
		}
		String subject = subject(assertions[0]);
		String[] clientIds = request.getParameterValues("client_id");
		// RFC 7521, section 4.2: where it is there it must name the same client.
		if (clientIds != null && (clientIds.length != 1 || !clientIds[0].equals(subject))) {
			throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
		}
		return new OAuth2ClientAuthenticationToken(subject, METHOD, assertions[0], Map.of());
	}

	private static String subject(String assertion) {
		try {
			if (assertion.length() <= MAX_LENGTH) {
				String subject = SignedJWT.parse(assertion).getJWTClaimsSet().getSubject();
				if (subject != null && !subject.isEmpty()) {
					return subject;
				}
			}
		}
		catch (ParseException ex) {
			// Said below.
		}
		throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
	}

}
