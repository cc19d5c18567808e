package dev.usher.service;

import java.io.IOException;

import dev.usher.dpop.Nonces;
import dev.usher.dpop.Proofs;
import dev.usher.protocol.RefusedException;
import dev.usher.throttle.Attempt;
import dev.usher.throttle.SecretThrottle;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first look at a request for a token: says who is asked, gives the nonce for a
 * proof, slows addresses that show wrong secrets, and refuses parameters in the URL,
 * where logs would keep them (RFC 6749, section 2.3.1).
 */
final class TokenRequestFilter extends OncePerRequestFilter {

	private static final AuthorizationServerSettings SETTINGS = AuthorizationServerSettings.builder().build();

	private final Audiences audiences;

	private final SecretThrottle throttle;

	private final Nonces nonces;

	private final TokenErrors errors;

	TokenRequestFilter(Audiences audiences, SecretThrottle throttle, Nonces nonces, TokenErrors errors) {
		this.nonces = nonces;
		this.audiences = audiences;
		this.throttle = throttle;
		this.errors = errors;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader(Proofs.NONCE_HEADER, this.nonces.current());
		String error = error(request);
		if (error != null) {
			this.errors.onAuthenticationFailure(request, response, new OAuth2AuthenticationException(error));
			return;
		}
		Attempt attempt;
		try {
			attempt = this.throttle.begin(request.getRemoteAddr());
		}
		catch (RefusedException ex) {
			this.errors.tooManyAttempts(request, response, ex);
			return;
		}
		AuthorizationServerContextHolder.setContext(new Asked(this.audiences.url(request)));
		try {
			chain.doFilter(request, response);
		}
		finally {
			AuthorizationServerContextHolder.resetContext();
			if (response.getStatus() != HttpServletResponse.SC_UNAUTHORIZED) {
				attempt.succeeded();
			}
		}
	}

	/**
	 * Looked at before the client is: parts of other grants must not reach what follows.
	 */
	private static @Nullable String error(HttpServletRequest request) {
		String[] grants = grants(request);
		if (request.getQueryString() != null || grants == null || grants.length != 1) {
			return OAuth2ErrorCodes.INVALID_REQUEST;
		}
		return grants[0].equals(AuthorizationGrantType.CLIENT_CREDENTIALS.getValue()) ? null
				: OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE;
	}

	/** The first to read the form, which may be too long or no form at all. */
	private static String @Nullable [] grants(HttpServletRequest request) {
		try {
			return request.getParameterValues(OAuth2ParameterNames.GRANT_TYPE);
		}
		catch (RuntimeException ex) {
			// The container's own, and its message may repeat the form.
			return null;
		}
	}

	private record Asked(String url) implements AuthorizationServerContext {

		@Override
		public String getIssuer() {
			return this.url;
		}

		@Override
		public AuthorizationServerSettings getAuthorizationServerSettings() {
			return SETTINGS;
		}

	}

}
