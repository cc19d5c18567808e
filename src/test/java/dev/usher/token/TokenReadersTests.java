package dev.usher.token;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.usher.testing.Answer;
import dev.usher.testing.DocumentedCode;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Page;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Another service takes our tokens, with the code that the page says to paste, and finds
 * our keys.
 */
@Timeout(60)
class TokenReadersTests {

	private static final String ISSUER = "https://gateway.example.org";

	private static final String DISCOVERY = "/.well-known/openid-configuration";

	private static HttpNode node;

	private static DocumentedCode service;

	private static JwtDecoder decoder;

	@BeforeAll
	static void start(@TempDir Path folder) {
		node = HttpNode.start(Store.EMBEDDED, "usher.token.issuer=" + ISSUER);
		String code = Page.of("src/docs/identity-providers.md").block("Services that verify Usher's tokens", "java");
		// Its keys are fetched from where the gateway of this test really is.
		service = new DocumentedCode(folder, code.replace(ISSUER + "/oauth2/jwks", url("/oauth2/jwks")));
		decoder = service.call("usherTokens", JwtDecoder.class);
	}

	@AfterAll
	static void stop() {
		service.close();
		node.close();
	}

	private static String url(String path) {
		return "http://localhost:" + node.port() + path;
	}

	private static TestTokens own() {
		return TestTokens.valid(ISSUER, "usher", node.clock())
			.header("typ", "at+jwt")
			.header("kid", node.bean(SigningKeys.class).current().kid())
			.claim("client_id", "usher")
			.claim("sid", "a-session")
			.claim("roles", List.of("user"));
	}

	private static void assertRefused(Function<TestTokens, TestTokens> spoiled) {
		String token = spoiled.apply(own()).sign(node.bean(SigningKeys.class).current().privateKey());
		assertThatExceptionOfType(JwtException.class).isThrownBy(() -> decoder.decode(token));
	}

	@Test
	void tokenWhenOfALoginThenIsTakenWithItsRoles() {
		Jwt token = decoder.decode(node.admin());
		assertThat(token.getSubject()).isEqualTo("admin");
		JwtAuthenticationConverter roles = service.call("usherRoles", JwtAuthenticationConverter.class);
		assertThat(roles.convert(token).getAuthorities()).extracting(GrantedAuthority::getAuthority)
			.contains("ROLE_admin");
	}

	@Test
	void tokenWhenItIsNoneOfOurAccessTokensThenRefused() {
		assertThat(decoder.decode(own().sign(node.bean(SigningKeys.class).current().privateKey())).getSubject())
			.isEqualTo("alice");
		assertRefused((token) -> token.header("typ", "JWT"));
		assertRefused((token) -> token.header("typ", null));
		assertRefused((token) -> token.claim("iss", "https://other.example.org"));
		assertRefused((token) -> token.claim("aud", "other"));
		assertRefused((token) -> token.claim("aud", null));
		assertRefused((token) -> token.claim("client_id", null));
		assertRefused(
				(token) -> token.claim("exp", node.clock().instant().minus(Duration.ofHours(1)).getEpochSecond()));
		assertRefused((token) -> token.claim("exp", null));
	}

	@Test
	void tokenWhenBoundToAKeyThenIsNoBearerToken() {
		String bound = node.bean(TokenMinter.class)
			.mint("alice", Set.of("user"), "a-session", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
			.value();
		assertThatExceptionOfType(JwtException.class).isThrownBy(() -> decoder.decode(bound))
			.withMessageContaining("bound to a key");
	}

	/** As a library does that is given the issuer alone. */
	@Test
	void keysWhenLookedForByTheIssuerThenAreFound() {
		RestTemplate http = new RestTemplate(new SimpleClientHttpRequestFactory() {

			@Override
			public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
				return super.createRequest(URI.create(uri.toString().replace(ISSUER, url(""))), method);
			}

		});
		NimbusJwtDecoder discovered = NimbusJwtDecoder.withIssuerLocation(ISSUER).restOperations(http).build();
		discovered.setJwtValidator(JwtValidators.createAtJwtValidator().issuer(ISSUER).audience("usher").build());
		assertThat(discovered.decode(node.admin()).getSubject()).isEqualTo("admin");
	}

	@Test
	void discoveryWhenTheIssuerIsAUrlThenSaysWhatIsTrueAndNoMore() {
		Answer answer = node.get(DISCOVERY, null);
		assertThat(answer.text("issuer")).isEqualTo(ISSUER);
		assertThat(answer.text("jwks_uri")).isEqualTo(ISSUER + "/oauth2/jwks");
		assertThat(answer.text("token_endpoint")).isEqualTo(ISSUER + "/oauth2/token");
		Map<String, String> lists = Map.of("grant_types_supported", "[\"client_credentials\"]",
				"response_types_supported", "[]", "subject_types_supported", "[\"public\"]",
				"id_token_signing_alg_values_supported", "[]", "token_endpoint_auth_methods_supported",
				"[\"client_secret_basic\",\"client_secret_post\",\"private_key_jwt\"]");
		lists.forEach((name, list) -> assertThat(answer.json().path(name).toString()).as(name).isEqualTo(list));
		assertThat(answer.json().path("dpop_signing_alg_values_supported")).isNotEmpty();
		assertThat(answer.json().propertyNames()).doesNotContain("authorization_endpoint", "userinfo_endpoint",
				"registration_endpoint", "end_session_endpoint", "metadata");
		// All that is in the one is in the other, word for word.
		node.get("/.well-known/oauth-authorization-server", null)
			.json()
			.properties()
			.forEach((member) -> assertThat(answer.json().path(member.getKey())).isEqualTo(member.getValue()));
	}

	@Test
	void documentsWhenReadByAPageElsewhereThenMayBeReadAndCached() {
		for (String path : List.of(DISCOVERY, "/.well-known/oauth-authorization-server", "/oauth2/jwks")) {
			Answer answer = node.send(node.request(path).header("Origin", "https://anywhere.example.org"));
			assertThat(answer.status()).as(path).isEqualTo(200);
			assertThat(answer.header("Cache-Control")).as(path).isEqualTo("max-age=300, public");
			assertThat(answer.header("Access-Control-Allow-Origin")).as(path).isEqualTo("*");
			assertThat(answer.header("Access-Control-Allow-Credentials")).as(path).isEmpty();
		}
		assertThat(node.send(node.request("/auth/me").header("Origin", "https://anywhere.example.org")).status())
			.isEqualTo(403);
	}

}
