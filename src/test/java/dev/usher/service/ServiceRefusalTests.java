package dev.usher.service;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that cannot be, callers who may not make them, and what is not offered. */
class ServiceRefusalTests {

	private static HttpNode node;

	private static String admin;

	private static TestServices services;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.hosts=other.example");
		admin = node.admin();
		services = new TestServices(node, admin);
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"scopes\":[]}", "{\"scopes\":[\"root\"]}", "{\"scopes\":[null]}",
			"{\"scopes\":[\"publish\"],\"client_id\":\"a b\"}", "{\"scopes\":[\"publish\"],\"client_id\":\"\"}",
			"{\"scopes\":[\"publish\"],\"client_id\":\".\"}", "{\"scopes\":[\"publish\"],\"client_id\":\"..\"}",
			"{\"scopes\":[\"publish\"],\"publish\":[\"/topic/\\ud800\"]}",
			"{\"scopes\":[\"publish\"],\"publish\":[\"topic\"]}", "{\"scopes\":[\"publish\"],\"publish\":[null]}",
			"{\"scopes\":[\"publish\"],\"publish\":[\"/topic/a b\"]}", "{\"scopes\":[\"publish\"],\"publish\":[]}",
			"{\"scopes\":[\"admin\"],\"publish\":[\"/topic/a\"]}", "{\"scopes\":[\"publish\"],\"jwks\":{}}",
			"{\"scopes\":[\"publish\"],\"jwks\":{\"keys\":[]}}",
			"{\"scopes\":[\"publish\"],\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}}",
			"{\"scopes\":[\"publish\"],\"jwks\":{\"keys\":[5]}}",
			"{\"scopes\":[\"publish\"],\"jwks\":{\"keys\":[null]}}", "{\"scopes\":[\"publish\"],\"jwks\":5}" })
	void clientWhenAskedForBadlyThenRefused(String body) {
		Answer answer = node.send(node.request("/admin/clients")
			.header("Authorization", "Bearer " + admin)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body)));
		assertThat(answer.code()).as(answer.toString()).isEqualTo("bad_request");
	}

	/** Another hop may have looked at the other one. */
	@ParameterizedTest
	@ValueSource(strings = { "Authorization=Basic YTpi", "Authorization=Bearer x", "client_secret=other",
			"client_id=other", "client_assertion=x" })
	void tokenWhenAnotherCredentialStandsBesideItsOwnThenIsRefused(String other) {
		String secret = services.secret("double-" + Integer.toHexString(other.hashCode()), "publish");
		String basic = TestServices.basic("double-" + Integer.toHexString(other.hashCode()), secret);
		boolean header = other.startsWith("Authorization=");
		var request = node.request("/oauth2/token")
			.header("Authorization", basic)
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("grant_type=client_credentials" + (header ? "" : "&" + other)));
		Answer answer = node
			.send(header ? request.header("Authorization", other.substring("Authorization=".length())) : request);
		assertThat(TestServices.error(answer)).isEqualTo("400 invalid_request");
	}

	@Test
	void tokenWhenItsOwnIdStandsBesideTheSecretThenIsGiven() {
		String secret = services.secret("said-twice", "publish");
		assertThat(services
			.token(Map.of("grant_type", "client_credentials", "client_id", "said-twice"),
					TestServices.basic("said-twice", secret))
			.status()).isEqualTo(200);
	}

	@Test
	void clientWhenTwoOfItsKeysHaveOneIdThenRefused() {
		RSAKey key = TestServices.rsa(2048).toPublicJWK();
		Map<String, Object> twice = new JWKSet(List.of(key, key)).toJSONObject();
		assertThat(services.make(Map.of("scopes", List.of("publish"), "jwks", twice)).text("detail"))
			.isEqualTo("Member \"jwks\": the keys of a client must have different ids.");
	}

	@Test
	void clientWhenItsKeyIsPrivateOrWeakThenRefused() {
		for (int bits : List.of(1024, 2048)) {
			RSAKey key = (bits == 1024) ? weak() : TestServices.rsa(bits);
			assertThat(services.make(Map.of("scopes", List.of("publish"), "jwks", new JWKSet(key).toJSONObject(false)))
				.text("detail")).contains((bits == 1024) ? "2048 to 8192" : "private key");
		}
	}

	@Test
	void addressWhenItsCredentialsAreWrongThenIsHeldUpButNeverForGoodOnes() {
		try (HttpNode slow = HttpNode.start(Store.EMBEDDED, "usher.login.address-attempts=2",
				"usher.login.address-refill=1h")) {
			TestServices here = new TestServices(slow, slow.admin());
			String secret = here.secret("good", "publish");
			Map<String, String> form = Map.of("grant_type", "client_credentials");
			for (int i = 0; i < 20; i++) {
				assertThat(here.token(form, TestServices.basic("good", secret)).status()).isEqualTo(200);
				assertThat(here.token(Map.of("grant_type", "password"), null).status()).isEqualTo(400);
			}
			for (int i = 0; i < 8; i++) {
				assertThat(TestServices.error(here.token(form, TestServices.basic("good", "x"))))
					.isEqualTo("401 invalid_client");
			}
			Answer heldUp = here.token(form, TestServices.basic("good", secret));
			assertThat(TestServices.error(heldUp)).isEqualTo("429 too_many_attempts");
			assertThat(heldUp.header("Retry-After")).isNotEmpty();
			assertThat(slow.refresh("x").code()).isEqualTo("too_many_attempts");
		}
	}

	@Test
	void clientsWhenCallerIsNoAdministratorThenForbidden() {
		node.makeUser("plain", "user");
		String plain = node.login("plain").text("access_token");
		assertThat(node.get("/admin/clients", plain).code()).isEqualTo("forbidden");
		assertThat(node.get("/admin/clients", null).code()).isEqualTo("unauthorized");
	}

	@Test
	void tokenWhenFormIsTooLongOrNoneThenRefused() {
		assertThat(TestServices
			.error(services.token(Map.of("grant_type", "client_credentials", "x", "x".repeat(100_000)), null)))
			.isEqualTo("400 invalid_request");
		for (String body : List.of("grant_type=%zz", "grant_type=client_credentials&grant_type=client_credentials", "",
				"{\"grant_type\":\"client_credentials\"}")) {
			assertThat(TestServices.error(node.send(node.request("/oauth2/token")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString(body))))).isEqualTo("400 invalid_request");
		}
	}

	@Test
	void endpointsWhenOfOtherGrantsThenClosed() {
		for (String path : List.of("/oauth2/authorize", "/oauth2/device_authorization", "/oauth2/introspect",
				"/oauth2/revoke", "/oauth2/par", "/connect/register", "/userinfo", "/.well-known/openid-configuration",
				"/login")) {
			assertThat(node.get(path, null).status()).as(path).isIn(401, 404);
			assertThat(node.call("POST", path, null, Map.of()).status()).as(path).isIn(401, 404);
		}
	}

	/** Else another server could pass on to us what a client signed for it. */
	@Test
	void assertionWhenForTheHostThatTheRequestClaimsThenInvalidClient() throws IOException {
		RSAKey key = TestServices.rsa(2048);
		services.keyClient("hosted", key.toPublicJWK());
		assertThat(signedFor("http://other.example/oauth2/token", "other.example", key)).startsWith("HTTP/1.1 401 ");
		assertThat(signedFor("http://other.example", "other.example", key)).startsWith("HTTP/1.1 401 ");
		assertThat(signedFor("http://localhost:1/oauth2/token", "localhost:1", key)).startsWith("HTTP/1.1 200 ");
	}

	/** By hand, because no HTTP client lets a request claim another host. */
	private static String signedFor(String audience, String host, RSAKey key) throws IOException {
		String form = "grant_type=client_credentials"
				+ "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion="
				+ TestServices.sign(key, services.claims("hosted").audience(audience).build());
		String request = "POST /oauth2/token HTTP/1.1\r\nHost: " + host
				+ "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
				+ form.length() + "\r\n\r\n" + form;
		try (Socket socket = new Socket("localhost", node.port())) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static RSAKey weak() {
		return new RSAKey.Builder((java.security.interfaces.RSAPublicKey) TestTokens.rsa(1024).getPublic()).build();
	}

}
