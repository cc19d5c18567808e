package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.usher.protocol.Sha256;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.DelegatingOAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2RefreshTokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * A whole OpenID Connect provider in this process, Spring Authorization Server:
 * discovery, keys, logins and refresh tokens over real HTTP. Its access tokens live for
 * 20 seconds of a clock that a test moves; its keys rotate, and it can be away.
 */
public final class OidcProvider implements AutoCloseable {

	/** The one who logs in, with the authority {@code ROLE_editor}. */
	public static final String USER = "ann";

	/** The application's id and secret, as for HTTP's Basic. */
	public static final String CLIENT = "web:secret of web";

	private static final String CALLBACK = "http://127.0.0.1:1/callback";

	private static final String VERIFIER = "a-verifier-that-is-as-long-as-it-has-to-be-for-pkce";

	private static final JsonMapper json = new JsonMapper();

	private final MutableClock clock = new MutableClock();

	private final Keys keys = new Keys();

	private final AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();

	private final TcpProxy network;

	/**
	 * Starts one.
	 * @param customizer what it writes into its tokens
	 */
	@SuppressWarnings("unchecked")
	public OidcProvider(OAuth2TokenCustomizer<?> customizer) {
		OAuth2TokenCustomizer<JwtEncodingContext> typed = (OAuth2TokenCustomizer<JwtEncodingContext>) customizer;
		this.context.register(Server.class);
		this.context.registerBean(OAuth2TokenGenerator.class, () -> tokens(typed));
		this.context.registerBean(JWKSource.class, () -> this.keys);
		this.context.refresh();
		this.network = new TcpProxy(this.context.getWebServer().getPort());
	}

	private OAuth2TokenGenerator<?> tokens(OAuth2TokenCustomizer<JwtEncodingContext> customizer) {
		JwtGenerator tokens = new JwtGenerator(new NimbusJwtEncoder(this.keys));
		tokens.setClock(this.clock);
		tokens.setJwtCustomizer(customizer);
		return new DelegatingOAuth2TokenGenerator(tokens, new OAuth2RefreshTokenGenerator());
	}

	/** The clock that its access tokens are made by. */
	public MutableClock clock() {
		return this.clock;
	}

	public String issuer() {
		return "http://localhost:" + this.network.port();
	}

	/** Signs with another key from now on, and publishes no other. */
	public void rotate() {
		this.keys.rotate();
	}

	/** Cannot be reached from now on. */
	public void leave() {
		this.network.cut();
	}

	/** Can be reached again. */
	public void comeBack() {
		this.network.mend();
	}

	/**
	 * Logs the user in, as a browser does, and exchanges the code for a refresh token.
	 */
	public String refreshToken() {
		HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
		send(browser, request("/login").POST(form(Map.of("username", USER, "password", "password"))), 302);
		String challenge = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(Sha256.of(VERIFIER.getBytes(StandardCharsets.US_ASCII)));
		HttpResponse<String> login = send(browser,
				request("/oauth2/authorize?"
						+ encode(Map.of("response_type", "code", "client_id", "web", "scope", "openid", "redirect_uri",
								CALLBACK, "code_challenge", challenge, "code_challenge_method", "S256"))),
				302);
		String code = login.headers().firstValue("Location").orElse("").replaceFirst("^.*[?&]code=([^&]*).*$", "$1");
		HttpResponse<String> tokens = send(HttpClient.newHttpClient(),
				request("/oauth2/token")
					.header("Authorization",
							"Basic " + Base64.getEncoder().encodeToString(CLIENT.getBytes(StandardCharsets.UTF_8)))
					.POST(form(Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", CALLBACK,
							"code_verifier", VERIFIER))),
				200);
		return json.readTree(tokens.body()).path("refresh_token").asString();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(issuer() + path))
			.timeout(Duration.ofSeconds(30))
			.header("Content-Type", "application/x-www-form-urlencoded");
	}

	private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request, int status) {
		try {
			HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
			if (answer.statusCode() != status) {
				throw new AssertionError(answer + " " + answer.headers().map() + answer.body());
			}
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static BodyPublisher form(Map<String, String> values) {
		return BodyPublishers.ofString(encode(values));
	}

	private static String encode(Map<String, String> values) {
		return values.entrySet()
			.stream()
			.map((each) -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
	}

	@Override
	public void close() {
		this.network.close();
		this.context.close();
	}

	/** The key that signs and is published. */
	private static final class Keys implements JWKSource<SecurityContext> {

		private volatile JWKSet set = next();

		private static JWKSet next() {
			KeyPair pair = TestTokens.rsa(2048);
			return new JWKSet(new RSAKey.Builder((RSAPublicKey) pair.getPublic()).privateKey(pair.getPrivate())
				.keyID(UUID.randomUUID().toString())
				.build());
		}

		void rotate() {
			this.set = next();
		}

		@Override
		public List<JWK> get(JWKSelector selector, SecurityContext context) {
			return selector.select(this.set);
		}

	}

	/**
	 * Its beans. Not annotated as a configuration, because each gateway of the tests
	 * would find that.
	 */
	@EnableWebSecurity
	static class Server {

		@Bean
		JettyServletWebServerFactory webServer() {
			JettyServletWebServerFactory jetty = new JettyServletWebServerFactory(0);
			jetty.setAddress(InetAddress.getLoopbackAddress());
			return jetty;
		}

		@Bean
		DelegatingFilterProxyRegistrationBean security() {
			return new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
		}

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			OAuth2AuthorizationServerConfigurer server = new OAuth2AuthorizationServerConfigurer();
			return http.with(server, (configurer) -> configurer.oidc(Customizer.withDefaults()))
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.formLogin(Customizer.withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers("/login"))
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername(USER).password("{noop}password").roles("editor").build());
		}

		@Bean
		RegisteredClientRepository clients() {
			return new InMemoryRegisteredClientRepository(RegisteredClient.withId("1")
				.clientId("web")
				.clientSecret("{noop}secret of web")
				.clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
				.authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
				.authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
				.redirectUri(CALLBACK)
				.scope("openid")
				.tokenSettings(TokenSettings.builder().accessTokenTimeToLive(Duration.ofSeconds(20)).build())
				.build());
		}

		/** For what it answers to tokens of its own. */
		@Bean
		JwtDecoder decoder(JWKSource<SecurityContext> keys) {
			return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
		}

		@Bean
		AuthorizationServerSettings settings() {
			return AuthorizationServerSettings.builder().build();
		}

	}

}
