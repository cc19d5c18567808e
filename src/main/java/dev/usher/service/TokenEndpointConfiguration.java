package dev.usher.service;

import java.time.Clock;
import java.util.List;

import dev.usher.audit.Audit;
import dev.usher.dpop.Nonces;
import dev.usher.dpop.Proofs;
import dev.usher.throttle.SecretThrottle;
import dev.usher.token.TokenMinter;
import dev.usher.token.UsedIds;
import jakarta.servlet.Filter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.JwtClientAssertionAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.web.OAuth2ClientAuthenticationFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2TokenEndpointFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;
import org.springframework.security.web.header.writers.HstsHeaderWriter;
import org.springframework.security.web.header.writers.XContentTypeOptionsHeaderWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * {@code POST /oauth2/token}: the parts of Spring Security's authorization server that
 * client credentials need, put together by hand. Its configurer would bring endpoints for
 * people, devices and other grants along, which we would then have to close one by one,
 * and memory for authorizations that nobody looks up.
 */
@Configuration(proxyBeanMethods = false)
class TokenEndpointConfiguration {

	@Bean
	Audiences audiences(TokenMinter minter) {
		return new Audiences(minter.issuer());
	}

	/** A chain of its own, before the one that is for all other requests. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	SecurityFilterChain tokenEndpoint(ClientRepository repository, TokenMinter minter, Audiences audiences,
			SecretThrottle throttle, UsedIds used, Proofs proofs, Nonces nonces, Clock clock, JsonMapper mapper,
			Audit audit) {
		RequestMatcher endpoint = PathPatternRequestMatcher.withDefaults()
			.matcher(HttpMethod.POST, Audiences.TOKEN_ENDPOINT);
		TokenErrors errors = new TokenErrors(mapper, audit);
		AuthenticationManager clients = clients(repository, audiences, used, clock);
		OAuth2ClientAuthenticationFilter authentication = new OAuth2ClientAuthenticationFilter(clients, endpoint);
		authentication.setAuthenticationConverter(new ClientCredentialConverter());
		authentication.setAuthenticationFailureHandler(errors);
		OAuth2TokenEndpointFilter token = new OAuth2TokenEndpointFilter(
				new ProviderManager(new OAuth2ClientCredentialsAuthenticationProvider(new NoAuthorizations(),
						new ServiceTokens(minter, repository, proofs, clock))),
				Audiences.TOKEN_ENDPOINT);
		token.setAuthenticationConverter(new ClientCredentialsConverter(proofs));
		token.setAuthenticationSuccessHandler(new TokenAnswers(audit));
		token.setAuthenticationFailureHandler(errors);
		List<Filter> filters = List.of(headers(), new TokenRequestFilter(audiences, throttle, nonces, errors),
				authentication, token);
		return new DefaultSecurityFilterChain(endpoint, filters);
	}

	private static AuthenticationManager clients(ClientRepository repository, Audiences audiences, UsedIds used,
			Clock clock) {
		RegisteredClients clients = new RegisteredClients(repository);
		ClientSecretAuthenticationProvider secrets = new ClientSecretAuthenticationProvider(clients,
				new NoAuthorizations());
		secrets.setPasswordEncoder(new ClientSecrets());
		JwtClientAssertionAuthenticationProvider assertions = new JwtClientAssertionAuthenticationProvider(clients,
				new NoAuthorizations());
		assertions.setJwtDecoderFactory(new ClientAssertions(used, audiences, clock));
		return new ProviderManager(secrets, assertions);
	}

	/** RFC 6749, section 5.1: no answer may be kept. */
	private static HeaderWriterFilter headers() {
		return new HeaderWriterFilter(List.of(new CacheControlHeadersWriter(), new XContentTypeOptionsHeaderWriter(),
				new HstsHeaderWriter()));
	}

}
