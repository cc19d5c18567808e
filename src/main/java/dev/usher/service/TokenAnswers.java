package dev.usher.service;

import java.io.IOException;

import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.token.TokenMinter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AccessTokenResponseAuthenticationSuccessHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;

/** Answers with a token (RFC 6749, section 5.1), and writes down who got it. */
final class TokenAnswers implements AuthenticationSuccessHandler {

	private final AuthenticationSuccessHandler answer = new OAuth2AccessTokenResponseAuthenticationSuccessHandler();

	private final Audit audit;

	TokenAnswers(Audit audit) {
		this.audit = audit;
	}

	@Override
	public void onAuthenticationSuccess(HttpServletRequest request, HttpServletResponse response,
			Authentication authentication) throws IOException, ServletException {
		if (authentication instanceof OAuth2AccessTokenAuthenticationToken token) {
			String client = token.getRegisteredClient().getClientId();
			this.audit.record(AuditEvent.of(AuditEvent.Kind.TOKEN)
				.who(TokenMinter.nameOfService(client))
				.from(request.getRemoteAddr())
				.what(client));
		}
		this.answer.onAuthenticationSuccess(request, response, authentication);
	}

}
