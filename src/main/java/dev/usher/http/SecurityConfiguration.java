package dev.usher.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.dpop.Nonces;
import dev.usher.dpop.Proofs;
import dev.usher.edge.OriginProperties;
import dev.usher.edge.UnlistedOrigins;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.session.Sessions;
import dev.usher.token.TokenVerifier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.ExceptionHandlingConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * The one filter chain. It is stateless and knows no anonymous caller. A path that no
 * line here opens is denied to everybody, authenticated callers included.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	/** What services on other origins read to verify tokens, and their pages may too. */
	private static final List<String> PUBLISHED = List.of("/oauth2/jwks", "/.well-known/oauth-authorization-server",
			"/.well-known/openid-configuration");

	/** What else anybody may read. */
	private static final List<String> OPEN = List.of("/actuator/health", "/actuator/health/liveness",
			"/actuator/health/readiness", "/", "/*.html", "/favicon.ico", "/openapi", "/docs", "/swagger-ui/**",
			"/assets/**");

	/**
	 * What operators may read beside administrators. Each path by itself: whatever else
	 * an extension puts under {@code /admin} stays for administrators.
	 */
	private static final String[] OPERATORS_READ = { "/admin/accounts", "/admin/accounts/*/passkeys", "/admin/clients",
			"/admin/connections", "/admin/logs", "/admin/logs/*/messages", "/admin/logs/*/readers", "/admin/nodes",
			"/admin/sessions", "/admin/stats", "/admin/topics" };

	/** As long as browsers are willing to remember a preflight; Chromium caps it here. */
	private static final Duration PREFLIGHT_MAX_AGE = Duration.ofHours(2);

	/**
	 * No timing of each filter of each request: a small call would spend a sixth of its
	 * time in it. The request as a whole is still observed.
	 */
	@Bean
	static SecurityObservationSettings observations() {
		return SecurityObservationSettings.noObservations();
	}

	/**
	 * As strict as Spring Security's own but for bytes above ASCII in the values of
	 * headers, which that takes for control characters: a browser may have a name in
	 * UTF-8. The server has refused the real ones.
	 */
	@Bean
	static StrictHttpFirewall firewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setAllowedHeaderValues((value) -> value.chars().allMatch((c) -> (c >= ' ' && c != 0x7f) || c == '\t'));
		return firewall;
	}

	@Bean
	SecurityFilterChain filterChain(HttpSecurity http, TokenVerifier verifier, Sessions sessions,
			CookieAuthentication cookies, Proofs proofs, Nonces nonces, OriginProperties origins,
			UnlistedOrigins unlisted, HttpProperties properties, ProblemWriter problems, RequestAudit audit,
			UnknownPaths unknown, UserDirectory users) throws Exception {
		RequestMatcher open = openToAnybody();
		http.csrf(AbstractHttpConfigurer::disable)
			.cors(AbstractHttpConfigurer::disable)
			.httpBasic(AbstractHttpConfigurer::disable)
			.formLogin(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.headers((headers) -> headers.httpStrictTransportSecurity((hsts) -> hsts.includeSubDomains(false)))
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.exceptionHandling((handling) -> writeProblems(handling, new ProblemHandlers(problems, audit, unknown)))
			.authorizeHttpRequests((requests) -> requests
				// Whatever is dispatched again was let in once.
				.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
				.permitAll()
				.requestMatchers(open)
				.permitAll()
				.requestMatchers(HttpMethod.GET, OPERATORS_READ)
				.hasAnyAuthority(Caller.OPERATOR, Caller.ADMIN)
				.requestMatchers(HttpMethod.HEAD, OPERATORS_READ)
				.hasAnyAuthority(Caller.OPERATOR, Caller.ADMIN)
				.requestMatchers(HttpMethod.DELETE, "/admin/connections/*")
				.hasAnyAuthority(Caller.OPERATOR, Caller.ADMIN)
				.requestMatchers(HttpMethod.POST, "/admin/explain")
				.hasAnyAuthority(Caller.OPERATOR, Caller.ADMIN)
				.requestMatchers("/admin/**", "/actuator/prometheus")
				.hasAuthority(Caller.ADMIN)
				.requestMatchers("/auth/**", "/api/**")
				.authenticated()
				.anyRequest()
				.denyAll())
			.addFilterBefore(new NonceFilter(nonces), AnonymousAuthenticationFilter.class)
			.addFilterBefore(corsFilter(origins, new ProblemCorsProcessor(problems, audit, unlisted)),
					AnonymousAuthenticationFilter.class)
			.addFilterBefore(
					new CallerAuthenticationFilter(open, verifier, cookies, proofs, sessions, users, problems, audit),
					AnonymousAuthenticationFilter.class)
			.addFilterBefore(new BodyLimitFilter(properties, problems), AnonymousAuthenticationFilter.class);
		return http.build();
	}

	private static void writeProblems(ExceptionHandlingConfigurer<HttpSecurity> handling, ProblemHandlers handlers) {
		handling
			.authenticationEntryPoint(
					(request, response, ex) -> handlers.refuse(request, response, Reason.UNAUTHORIZED))
			.accessDeniedHandler((request, response, ex) -> handlers.refuse(request, response, Reason.FORBIDDEN));
	}

	/** Refuses, for what the chain does not let through. */
	private record ProblemHandlers(ProblemWriter problems, RequestAudit audit, UnknownPaths unknown) {

		void refuse(HttpServletRequest request, HttpServletResponse response, Reason reason) throws IOException {
			RefusedException refusal = new RefusedException(this.unknown.contain(request) ? Reason.NOT_FOUND : reason);
			this.audit.refused(request, refusal);
			this.problems.write(request, response, refusal, request.getHeader(HttpHeaders.AUTHORIZATION) != null);
		}

	}

	/** Static pages have no secret, and a page must load before it can log in. */
	private static RequestMatcher openToAnybody() {
		PathPatternRequestMatcher.Builder path = PathPatternRequestMatcher.withDefaults();
		List<RequestMatcher> open = new ArrayList<>();
		open.add(path.matcher("/auth/login"));
		open.add(path.matcher("/auth/login/options"));
		open.add(path.matcher("/auth/refresh"));
		for (String readable : Stream.concat(PUBLISHED.stream(), OPEN.stream()).toList()) {
			open.add(path.matcher(HttpMethod.GET, readable));
			open.add(path.matcher(HttpMethod.HEAD, readable));
		}
		return new OrRequestMatcher(open);
	}

	private static CorsFilter corsFilter(OriginProperties origins, ProblemCorsProcessor processor) {
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration("/auth/**", cors(origins));
		source.registerCorsConfiguration("/api/**", cors(origins));
		PUBLISHED.forEach((path) -> source.registerCorsConfiguration(path, readable()));
		CorsFilter filter = new CorsFilter(source);
		filter.setCorsProcessor(processor);
		return filter;
	}

	/**
	 * What is the same for everybody and holds no secret, pages of any origin may read.
	 */
	private static CorsConfiguration readable() {
		CorsConfiguration cors = new CorsConfiguration();
		cors.setAllowedOrigins(List.of(CorsConfiguration.ALL));
		cors.setAllowedMethods(List.of("GET", "HEAD"));
		cors.setAllowCredentials(false);
		cors.setMaxAge(PREFLIGHT_MAX_AGE);
		return cors;
	}

	/**
	 * No credentials, which to a browser means no cookies: a page on another origin shows
	 * a token or nothing.
	 */
	private static CorsConfiguration cors(OriginProperties origins) {
		CorsConfiguration cors = new CorsConfiguration() {

			@Override
			public @Nullable String checkOrigin(@Nullable String origin) {
				return origins.allows(origin) ? origin : null;
			}

		};
		cors.setAllowedMethods(List.of("GET", "POST", "PATCH", "DELETE"));
		cors.setAllowedHeaders(List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.CONTENT_TYPE, Proofs.HEADER));
		cors.setExposedHeaders(List.of(HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.RETRY_AFTER, Proofs.NONCE_HEADER));
		cors.setAllowCredentials(false);
		cors.setMaxAge(PREFLIGHT_MAX_AGE);
		return cors;
	}

}
