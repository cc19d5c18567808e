package dev.usher.service;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The first look at a request for a token: says who is asked, and refuses parameters in
 * the URL, where logs would keep them (RFC 6749, section 2.3.1).
 */
final class TokenRequestFilter extends OncePerRequestFilter {

	private static final AuthorizationServerSettings SETTINGS = AuthorizationServerSettings.builder().build();

	private final Audiences audiences;

	private final TokenErrors errors;

	TokenRequestFilter(Audiences audiences, TokenErrors errors) {
		this.audiences = audiences;
		this.errors = errors;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request.getQueryString() != null) {
			this.errors.onAuthenticationFailure(request, response,
					new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST));
			return;
		}
		AuthorizationServerContextHolder.setContext(new Asked(this.audiences.url(request)));
		try {
			chain.doFilter(request, response);
		}
		finally {
			AuthorizationServerContextHolder.resetContext();
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
