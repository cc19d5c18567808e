package dev.usher.service;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.usher.audit.Audit;
import dev.usher.audit.AuditEvent;
import dev.usher.protocol.ProofRefusedException;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;

/**
 * The errors of the token endpoint (RFC 6749, section 5.2): JSON with {@code error} and a
 * sentence. Never says which part of a credential was wrong.
 */
final class TokenErrors implements AuthenticationFailureHandler {

	private static final Logger logger = LoggerFactory.getLogger(TokenErrors.class);

	private static final String RETRY_SECONDS = "5";

	/** A code of our own, which section 8.5 allows; the same word as after a login. */
	private static final String TOO_MANY_ATTEMPTS = Reason.TOO_MANY_ATTEMPTS.code();

	private static final int TOO_MANY_REQUESTS = 429;

	private final JsonMapper mapper;

	private final Audit audit;

	TokenErrors(JsonMapper mapper, Audit audit) {
		this.mapper = mapper;
		this.audit = audit;
	}

	/** An address that showed too many secrets which are none. */
	void tooManyAttempts(HttpServletRequest request, HttpServletResponse response, RefusedException refusal)
			throws IOException {
		refusal.retryAfter()
			.ifPresent((wait) -> response.setHeader(HttpHeaders.RETRY_AFTER, RefusedException.seconds(wait)));
		onAuthenticationFailure(request, response, new OAuth2AuthenticationException(TOO_MANY_ATTEMPTS));
	}

	/** Section 4.1.2.1 has the word; the token endpoint has none of its own for this. */
	static OAuth2Error temporarilyUnavailable() {
		return new OAuth2Error(OAuth2ErrorCodes.TEMPORARILY_UNAVAILABLE);
	}

	@Override
	public void onAuthenticationFailure(HttpServletRequest request, HttpServletResponse response,
			AuthenticationException failure) throws IOException {
		OAuth2Error error = (failure instanceof OAuth2AuthenticationException oauth) ? oauth.getError()
				: new OAuth2Error(OAuth2ErrorCodes.SERVER_ERROR);
		String code = error.getErrorCode();
		int status = status(code);
		if (status == HttpServletResponse.SC_UNAUTHORIZED) {
			// RFC 9110, section 15.5.2: every 401 has one.
			response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"usher\"");
		}
		if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
			response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
		}
		if (status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
			logger.warn("A token could not be given: {}", code, failure.getCause());
		}
		// Not who it claims to be: nobody was verified, and a stranger's words stay out.
		AuditEvent event = AuditEvent.of(AuditEvent.Kind.TOKEN).from(request.getRemoteAddr());
		ProofRefusedException proof = (failure.getCause() instanceof ProofRefusedException refusal) ? refusal : null;
		this.audit.record((proof != null) ? event.because(proof) : event.because(reason(status)));
		Map<String, String> body = new LinkedHashMap<>();
		body.put("error", code);
		body.put("error_description", (proof != null) ? proof.text() : description(code));
		response.setStatus(status);
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		response.getOutputStream().write(this.mapper.writeValueAsBytes(body));
	}

	private static int status(String code) {
		if (code.equals(TOO_MANY_ATTEMPTS)) {
			return TOO_MANY_REQUESTS;
		}
		return switch (code) {
			case OAuth2ErrorCodes.INVALID_CLIENT -> HttpServletResponse.SC_UNAUTHORIZED;
			case OAuth2ErrorCodes.TEMPORARILY_UNAVAILABLE -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
			case OAuth2ErrorCodes.SERVER_ERROR -> HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
			default -> HttpServletResponse.SC_BAD_REQUEST;
		};
	}

	private static Reason reason(int status) {
		return switch (status) {
			case HttpServletResponse.SC_UNAUTHORIZED -> Reason.UNAUTHORIZED;
			case TOO_MANY_REQUESTS -> Reason.TOO_MANY_ATTEMPTS;
			case HttpServletResponse.SC_SERVICE_UNAVAILABLE -> Reason.STORAGE_UNAVAILABLE;
			case HttpServletResponse.SC_INTERNAL_SERVER_ERROR -> Reason.INTERNAL_ERROR;
			default -> Reason.BAD_REQUEST;
		};
	}

	private static String description(String code) {
		if (code.equals(TOO_MANY_ATTEMPTS)) {
			return Reason.TOO_MANY_ATTEMPTS.message();
		}
		return switch (code) {
			case OAuth2ErrorCodes.INVALID_CLIENT -> "The client is unknown, or its credential is wrong or used up.";
			case OAuth2ErrorCodes.INVALID_SCOPE -> "The client may not have this scope.";
			case OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE -> "Only grant_type=client_credentials is offered.";
			case OAuth2ErrorCodes.TEMPORARILY_UNAVAILABLE -> "The storage cannot be reached.";
			case OAuth2ErrorCodes.SERVER_ERROR -> "Something went wrong here.";
			default -> "Send a form with grant_type=client_credentials, and one credential of the client.";
		};
	}

}
