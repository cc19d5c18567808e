package dev.usher.service;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients and their tokens over real HTTP, with real keys, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class ServiceTests {

	private static final RSAKey RSA = TestServices.rsa(2048);

	private static HttpNode node;

	private static String admin;

	private static TestServices services;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store);
		admin = node.admin();
		services = new TestServices(node, admin);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	ServiceTests(Store store) {
		assertThat(store).isNotNull();
	}

	@Test
	void clientWhenMadeThenItsSecretIsShownOnceAndKeptAsAHash() {
		Answer made = services.make(Map.of("client_id", "shown-once", "scopes", List.of("publish")));
		assertThat(made.status()).isEqualTo(201);
		assertThat(made.header("Location")).isEqualTo("/admin/clients/shown-once");
		assertThat(made.header("Cache-Control")).contains("no-store");
		assertThat(made.text("client_secret")).hasSize(43);
		assertThat(made.text("created_at")).isNotEmpty();
		Answer list = node.get("/admin/clients?after=shown&limit=1", admin);
		assertThat(list.response().body()).contains("shown-once")
			.doesNotContain("client_secret", made.text("client_secret"));
		assertThat(node.bean(JdbcClient.class)
			.sql("SELECT secret_hash FROM clients WHERE client_id = 'shown-once'")
			.query(String.class)
			.single()).hasSize(43).isNotEqualTo(made.text("client_secret"));
		assertThat(services.make(Map.of("client_id", "shown-once", "scopes", List.of("publish"))).code())
			.isEqualTo("client_exists");
	}

	@Test
	void tokenWhenSecretIsRightThenWorksEverywhereAndIsLikeAUsers() throws Exception {
		String secret = services.secret("pusher", "publish");
		Answer answer = services.token(Map.of("grant_type", "client_credentials"),
				TestServices.basic("pusher", secret));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text("token_type")).isEqualTo("Bearer");
		assertThat(answer.json().path("expires_in").asInt()).isBetween(899, 900);
		assertThat(answer.text("scope")).isEqualTo("publish");
		assertThat(answer.header("Cache-Control")).contains("no-store");
		assertThat(answer.json().has("refresh_token")).isFalse();
		SignedJWT jwt = SignedJWT.parse(answer.text("access_token"));
		JWKSet keys = JWKSet.parse(node.get("/oauth2/jwks", null).response().body());
		assertThat(jwt.verify(new RSASSAVerifier(keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey()))).isTrue();
		assertThat(jwt.getHeader().getType().toString()).isEqualTo("at+jwt");
		JWTClaimsSet claims = jwt.getJWTClaimsSet();
		assertThat(claims.getIssuer()).isEqualTo("usher");
		assertThat(claims.getSubject()).isEqualTo("client:pusher");
		assertThat(claims.getStringClaim("client_id")).isEqualTo("pusher");
		assertThat(claims.getStringClaim("scope")).isEqualTo("publish");
		assertThat(claims.getStringListClaim("roles")).containsExactly("service");
		for (String to : List.of("/topic/a", "/queue/a", "/user/ann/topic/a", "/user/ann/queue/a")) {
			assertThat(services.publish(answer.text("access_token"), to)).isEqualTo("ok");
		}
		assertThat(services.publish(answer.text("access_token"), "/topic/**")).isEqualTo("bad_frame");
		assertThat(node.get("/admin/clients", answer.text("access_token")).code()).isEqualTo("forbidden");
	}

	@Test
	void tokenWhenSecretIsInTheFormThenWorks() {
		String secret = services.secret("poster", "publish");
		Answer answer = services
			.token(Map.of("grant_type", "client_credentials", "client_id", "poster", "client_secret", secret), null);
		assertThat(services.publish(answer.text("access_token"), "/topic/a")).isEqualTo("ok");
	}

	@Test
	void tokenWhenClientHasPatternsThenPublishesThereAlone() {
		String secret = services.make(Map.of("client_id", "narrow", "scopes", List.of("publish"), "publish",
				List.of("/topic/news/**", "/user/*/queue/mail")))
			.text("client_secret");
		String token = services.tokenOf("narrow", secret);
		assertThat(services.publish(token, "/topic/news/a")).isEqualTo("ok");
		assertThat(services.publish(token, "/user/ann/queue/mail")).isEqualTo("ok");
		assertThat(services.publish(token, "/topic/other")).isEqualTo("forbidden");
		assertThat(services.publish(token, "/user/ann/queue/other")).isEqualTo("forbidden");
	}

	@Test
	void tokenWhenScopeIsChosenThenItHasThatAlone() {
		String secret = services.secret("both", "publish", "admin");
		Map<String, String> form = new HashMap<>(Map.of("grant_type", "client_credentials", "scope", "admin"));
		String token = services.token(form, TestServices.basic("both", secret)).text("access_token");
		assertThat(node.get("/admin/clients", token).status()).isEqualTo(200);
		assertThat(services.publish(token, "/topic/a")).isEqualTo("forbidden");
		form.put("scope", "publish");
		token = services.token(form, TestServices.basic("both", secret)).text("access_token");
		assertThat(node.get("/admin/clients", token).code()).isEqualTo("forbidden");
		assertThat(services.publish(token, "/topic/a")).isEqualTo("ok");
		form.put("scope", "root");
		assertThat(TestServices.error(services.token(form, TestServices.basic("both", secret))))
			.isEqualTo("400 invalid_scope");
	}

	@Test
	void tokenWhenCredentialIsWrongThenInvalidClient() {
		String secret = services.secret("wrong", "publish");
		Map<String, String> form = Map.of("grant_type", "client_credentials");
		Answer answer = services.token(form, TestServices.basic("wrong", secret + "x"));
		assertThat(TestServices.error(answer)).isEqualTo("401 invalid_client");
		assertThat(answer.header("WWW-Authenticate")).startsWith("Basic");
		assertThat(answer.header("Cache-Control")).contains("no-store");
		Answer nobody = services.token(form, TestServices.basic("nobody-of-that-name", secret));
		assertThat(nobody.response().body()).isEqualTo(answer.response().body());
		assertThat(TestServices.error(services.token(form, null))).isEqualTo("401 invalid_client");
		assertThat(TestServices.error(services.token(form, "Basic !"))).isEqualTo("400 invalid_request");
		assertThat(TestServices.error(services.token(
				Map.of("grant_type", "client_credentials", "client_id", "wrong", "client_secret", secret),
				TestServices.basic("wrong", secret))))
			.isEqualTo("400 invalid_request");
	}

	@Test
	void tokenWhenGrantIsAnotherThenUnsupported() {
		String secret = services.secret("granter", "publish");
		for (String grant : List.of("password", "authorization_code", "refresh_token",
				"urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:grant-type:device_code")) {
			assertThat(TestServices
				.error(services.token(Map.of("grant_type", grant, "code", "x"), TestServices.basic("granter", secret))))
				.isEqualTo("400 unsupported_grant_type");
		}
		assertThat(TestServices.error(services.token(Map.of(), TestServices.basic("granter", secret))))
			.isEqualTo("400 invalid_request");
	}

	@Test
	void tokenWhenSecretIsInTheUrlThenRefused() {
		String secret = services.secret("urled", "publish");
		Answer answer = node
			.send(node.request("/oauth2/token?grant_type=client_credentials&client_id=urled&client_secret=" + secret)
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.noBody()));
		assertThat(TestServices.error(answer)).isEqualTo("400 invalid_request");
	}

	@ParameterizedTest
	@ValueSource(strings = { "usher", "http://localhost:{port}/oauth2/token", "http://localhost:{port}" })
	void tokenWhenClientSignsWithItsKeyThenWorks(String audience) {
		services.keyClient("signer", RSA.toPublicJWK());
		Answer answer = services.signed(RSA,
				(claims) -> claims.audience(audience.replace("{port}", String.valueOf(node.port()))), "signer");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(services.publish(answer.text("access_token"), "/topic/a")).isEqualTo("ok");
	}

	@Test
	void tokenWhenClientSignsWithAnEllipticKeyAndNamesItselfThenWorks() throws JOSEException {
		ECKey key = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
		services.keyClient("curve", RSA.toPublicJWK(), key.toPublicJWK());
		SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e").build(),
				services.claims("curve").build());
		jwt.sign(new ECDSASigner(key));
		Map<String, String> form = TestServices.form(jwt.serialize());
		form.put("client_id", "curve");
		assertThat(services.token(form, null).status()).isEqualTo(200);
	}

	@Test
	void tokenWhenAssertionIsUsedTwiceThenInvalidClient() {
		services.keyClient("once", RSA.toPublicJWK());
		String assertion = TestServices.sign(RSA, services.claims("once").build());
		assertThat(services.token(TestServices.form(assertion), null).status()).isEqualTo(200);
		assertThat(TestServices.error(services.token(TestServices.form(assertion), null)))
			.isEqualTo("401 invalid_client");
		// The same id signed anew is the same assertion.
		JWTClaimsSet.Builder again = services.claims("once").jwtID("mine");
		assertThat(services.token(TestServices.form(TestServices.sign(RSA, again.build())), null).status())
			.isEqualTo(200);
		assertThat(TestServices.error(services.token(
				TestServices
					.form(TestServices.sign(RSA, again.expirationTime(services.in(Duration.ofMinutes(2))).build())),
				null)))
			.isEqualTo("401 invalid_client");
	}

	@Test
	void tokenWhenAssertionIsWrongInAnyWayThenInvalidClient() throws Exception {
		services.keyClient("strict", RSA.toPublicJWK());
		List<Consumer<JWTClaimsSet.Builder>> spoils = List.of((claims) -> claims.audience("https://other.example"),
				(claims) -> claims.audience((String) null),
				(claims) -> claims.expirationTime(services.in(Duration.ZERO)), (claims) -> claims.expirationTime(null),
				(claims) -> claims.expirationTime(services.in(Duration.ofHours(2))), (claims) -> claims.issuer("other"),
				(claims) -> claims.issuer(null), (claims) -> claims.jwtID(null),
				(claims) -> claims.notBeforeTime(services.in(Duration.ofMinutes(1))),
				(claims) -> claims.issueTime(services.in(Duration.ofMinutes(1))), (claims) -> claims.subject("other"),
				(claims) -> claims.subject(null), (claims) -> claims.jwtID("x".repeat(256)));
		for (int i = 0; i < spoils.size(); i++) {
			assertThat(TestServices.error(services.signed(RSA, spoils.get(i), "strict"))).as("spoil " + i)
				.isEqualTo("401 invalid_client");
		}
		assertThat(TestServices.error(services.signed(TestServices.rsa(2048), (claims) -> {
		}, "strict"))).isEqualTo("401 invalid_client");
		SignedJWT confused = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), services.claims("strict").build());
		confused.sign(new MACSigner(RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
		assertThat(TestServices.error(services.token(TestServices.form(confused.serialize()), null)))
			.isEqualTo("401 invalid_client");
		String none = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
				+ services.claims("strict").build().toPayload().toBase64URL() + ".";
		assertThat(TestServices.error(services.token(TestServices.form(none), null))).isEqualTo("401 invalid_client");
		assertThat(TestServices.error(services.token(TestServices.form("x"), null))).isEqualTo("401 invalid_client");
	}

	@Test
	void tokenWhenClientWithASecretSignsThenInvalidClient() {
		String secret = services.secret("secretive", "publish");
		assertThat(TestServices.error(services.signed(RSA, (claims) -> {
		}, "secretive"))).isEqualTo("401 invalid_client");
		services.keyClient("keyed", RSA.toPublicJWK());
		assertThat(TestServices
			.error(services.token(Map.of("grant_type", "client_credentials"), TestServices.basic("keyed", secret))))
			.isEqualTo("401 invalid_client");
	}

	@Test
	void clientWhenDeletedThenItsTokensDieAndItsSocketsClose() {
		String secret = services.secret("leaver", "publish");
		String token = services.tokenOf("leaver", secret);
		try (StompClient socket = StompClient.connect(node.port(), token)) {
			assertThat(node.call("DELETE", "/admin/clients/leaver", admin, null).status()).isEqualTo(204);
			socket.expectError("revoked", 4503);
		}
		assertThat(node.call("POST", "/api/messages", token, Map.of("to", "/topic/a", "body", 1)).code())
			.isEqualTo("revoked");
		assertThat(TestServices
			.error(services.token(Map.of("grant_type", "client_credentials"), TestServices.basic("leaver", secret))))
			.isEqualTo("401 invalid_client");
		assertThat(node.call("DELETE", "/admin/clients/leaver", admin, null).code()).isEqualTo("not_found");
		node.clock().advance(Duration.ofSeconds(6));
		assertThat(services.publish(services.tokenOf("leaver", services.secret("leaver", "publish")), "/topic/a"))
			.isEqualTo("ok");
		assertThat(node.call("POST", "/api/messages", token, Map.of("to", "/topic/a", "body", 1)).code())
			.isEqualTo("revoked");
	}

	@Test
	void metadataWhenReadThenSaysWhatIsThereAndNoMore() {
		Answer answer = node.get("/.well-known/oauth-authorization-server", null);
		String url = "http://localhost:" + node.port();
		assertThat(answer.text("issuer")).isEqualTo(url);
		assertThat(answer.text("token_endpoint")).isEqualTo(url + "/oauth2/token");
		assertThat(answer.text("jwks_uri")).isEqualTo(url + "/oauth2/jwks");
		assertThat(answer.json().path("grant_types_supported").toString()).isEqualTo("[\"client_credentials\"]");
		assertThat(answer.json().path("scopes_supported").toString()).isEqualTo("[\"admin\",\"publish\"]");
		assertThat(answer.json().path("response_types_supported").toString()).isEqualTo("[]");
		assertThat(answer.json().propertyNames()).doesNotContain("authorization_endpoint", "registration_endpoint",
				"introspection_endpoint", "revocation_endpoint");
	}

	/** Whoever verifies compares its issuer with that of our tokens. */
	@Test
	void discoveryWhenTheIssuerIsNoUrlThenIsNotThere() {
		Answer answer = node.get("/.well-known/openid-configuration", null);
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.code()).isEqualTo("not_found");
		assertThat(answer.text("detail")).contains("usher.token.issuer is no URL");
		assertThat(node.get("/.well-known/oauth-authorization-server", null).header("Cache-Control"))
			.isEqualTo("no-store");
	}

	@Test
	void tokenWhenStorageIsAwayThenSaysSo() {
		node.bean(JdbcClient.class).sql("ALTER TABLE clients RENAME TO clients_away").update();
		try {
			Answer answer = services.token(Map.of("grant_type", "client_credentials"),
					TestServices.basic("any", "secret"));
			assertThat(TestServices.error(answer)).isEqualTo("503 temporarily_unavailable");
			assertThat(answer.header("Retry-After")).isEqualTo("5");
		}
		finally {
			node.bean(JdbcClient.class).sql("ALTER TABLE clients_away RENAME TO clients").update();
		}
	}

}
