package dev.usher.service;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Secrets and keys of clients that are exchanged while services use them, and tokens that
 * are bound to a key of the service's.
 */
class ClientChangeTests {

	private static HttpNode node;

	private static TestServices services;

	private static RSAKey old;

	private static RSAKey next;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
		services = new TestServices(node, node.admin());
		old = TestServices.rsa(2048);
		next = new RSAKey.Builder(TestServices.rsa(2048)).keyID("next").build();
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static Answer change(String client, Map<String, Object> change) {
		return node.call("PATCH", "/admin/clients/" + client, services.admin(), change);
	}

	private static String bySecret(String client, String secret) {
		Answer answer = services.token(Map.of("grant_type", "client_credentials"), TestServices.basic(client, secret));
		return (answer.status() == 200) ? "ok" : TestServices.error(answer);
	}

	private static String byKey(String client, RSAKey key) {
		Answer answer = services.signed(key, (claims) -> {
		}, client);
		return (answer.status() == 200) ? "ok" : TestServices.error(answer);
	}

	private static Map<String, Object> set(RSAKey... keys) {
		return new JWKSet(List.of(keys)).toJSONObject();
	}

	@Test
	void secretWhenExchangedThenBothAreGoodUntilTheOldOneIsRemoved() {
		String first = services.secret("two-secrets", "publish");
		Answer added = change("two-secrets", Map.of("add_secret", true));
		assertThat(added.status()).as(added.toString()).isEqualTo(200);
		assertThat(added.header("Cache-Control")).contains("no-store");
		String second = added.text("client_secret");
		assertThat(List.of(bySecret("two-secrets", first), bySecret("two-secrets", second))).containsOnly("ok");
		assertThat(change("two-secrets", Map.of("add_secret", true)).code()).isEqualTo("bad_request");
		String id = added.json().path("secrets").path(0).asString();
		Answer removed = change("two-secrets", Map.of("remove_secrets", List.of(id)));
		assertThat(removed.json().path("secrets")).hasSize(1);
		assertThat(removed.json().has("client_secret")).isFalse();
		assertThat(bySecret("two-secrets", first)).isEqualTo("401 invalid_client");
		assertThat(bySecret("two-secrets", second)).isEqualTo("ok");
		assertThat(bySecret("two-secrets", first + " " + second)).isEqualTo("401 invalid_client");
	}

	@Test
	void keyWhenExchangedThenBothAreGoodUntilTheOldOneIsRemoved() {
		services.keyClient("two-keys", old.toPublicJWK());
		assertThat(byKey("two-keys", next)).isEqualTo("401 invalid_client");
		Answer added = change("two-keys", Map.of("add_keys", set(next.toPublicJWK())));
		assertThat(added.json().path("jwks").path("keys")).as(added.toString()).hasSize(2);
		assertThat(List.of(byKey("two-keys", old), byKey("two-keys", next))).containsOnly("ok");
		assertThat(change("two-keys", Map.of("remove_keys", List.of("k"))).status()).isEqualTo(200);
		assertThat(byKey("two-keys", old)).isEqualTo("401 invalid_client");
		assertThat(byKey("two-keys", next)).isEqualTo("ok");
	}

	@Test
	void clientWhenItGoesFromASecretToAKeyThenThereIsNoGap() {
		String secret = services.secret("to-keys", "publish");
		assertThat(change("to-keys", Map.of("add_keys", set(old.toPublicJWK()))).status()).isEqualTo(200);
		assertThat(List.of(bySecret("to-keys", secret), byKey("to-keys", old))).containsOnly("ok");
		String id = node.get("/admin/clients?limit=1000", services.admin())
			.json()
			.valueStream()
			.filter((client) -> client.path("client_id").asString().equals("to-keys"))
			.findFirst()
			.orElseThrow()
			.path("secrets")
			.path(0)
			.asString();
		assertThat(change("to-keys", Map.of("remove_secrets", List.of(id))).status()).isEqualTo(200);
		assertThat(bySecret("to-keys", secret)).isEqualTo("401 invalid_client");
		assertThat(byKey("to-keys", old)).isEqualTo("ok");
	}

	@Test
	void changeWhenItMakesNoSenseThenIsRefusedAndNothingChanges() {
		services.keyClient("careful", old.toPublicJWK());
		Answer last = change("careful", Map.of("remove_keys", List.of("k")));
		assertThat(last.code()).isEqualTo("bad_request");
		assertThat(last.text("detail")).contains("must keep a secret or a key");
		assertThat(change("careful", Map.of("remove_keys", List.of("other"))).code()).isEqualTo("not_found");
		assertThat(change("careful", Map.of("remove_secrets", List.of("other"))).code()).isEqualTo("not_found");
		assertThat(change("careful", Map.of("add_keys", set(old.toPublicJWK()))).text("detail"))
			.contains("different ids");
		assertThat(change("careful", Map.of("add_keys", Map.of("keys", List.of(next.toJSONObject())))).text("detail"))
			.contains("add_keys", "private key");
		assertThat(change("careful", Map.of()).code()).isEqualTo("bad_request");
		assertThat(change("careful", Map.of("remove_keys", "k")).code()).isEqualTo("bad_request");
		assertThat(change("nobody", Map.of("add_secret", true)).code()).isEqualTo("not_found");
		assertThat(byKey("careful", old)).isEqualTo("ok");
		node.makeUser("mallory", "user");
		assertThat(node
			.call("PATCH", "/admin/clients/careful", node.login("mallory").text("access_token"),
					Map.of("add_secret", true))
			.code()).isEqualTo("forbidden");
	}

	private static Answer token(RSAKey key, String client, String... proofs) {
		String form = TestServices.form(TestServices.sign(key, services.claims(client).build()))
			.entrySet()
			.stream()
			.map((member) -> member.getKey() + "=" + URLEncoder.encode(member.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
		var request = node.request("/oauth2/token")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(form));
		for (String proof : proofs) {
			request.header("DPoP", proof);
		}
		return node.send(request);
	}

	@Test
	void tokenWhenAServiceProvesAKeyThenIsBoundToIt() {
		services.keyClient("bound", old.toPublicJWK());
		ProvingClient service = new ProvingClient(node.port(), node.clock());
		Answer answer = token(old, "bound", service.sign(service.proof("POST", "/oauth2/token", null)));
		assertThat(answer.text("token_type")).as(answer.toString()).isEqualTo("DPoP");
		String token = answer.text("access_token");
		Map<String, Object> message = Map.of("to", "/user/ann/queue/x", "body", "x");
		assertThat(service.call("POST", "/api/messages", token, message).status()).isEqualTo(200);
		assertThat(node.call("POST", "/api/messages", token, message).code()).isEqualTo("unauthorized");
		ProvingClient thief = new ProvingClient(node.port(), node.clock());
		assertThat(thief.call("POST", "/api/messages", token, message).code()).isEqualTo("invalid_dpop_proof");
		assertThat(token(old, "bound").text("token_type")).isEqualTo("Bearer");
	}

	@Test
	void tokenWhenTheProofOfAServiceIsBadThenTheErrorIsThatOfTheStandard() {
		services.keyClient("proving", old.toPublicJWK());
		ProvingClient service = new ProvingClient(node.port(), node.clock());
		TestTokens proof = service.proof("POST", "/oauth2/token", null);
		Answer stale = token(old, "proving", service.sign(proof.claim("nonce", null)));
		assertThat(TestServices.error(stale)).isEqualTo("400 use_dpop_nonce");
		assertThat(stale.header("DPoP-Nonce")).matches("[A-Za-z0-9_-]{43}");
		String good = service.sign(proof.claim("nonce", stale.header("DPoP-Nonce")));
		assertThat(token(old, "proving", good).status()).isEqualTo(200);
		Answer replayed = token(old, "proving", good);
		assertThat(TestServices.error(replayed)).isEqualTo("400 invalid_dpop_proof");
		assertThat(replayed.text("error_description")).contains("used before");
		Answer elsewhere = token(old, "proving", service.sign(service.proof("POST", "/auth/login", null)));
		assertThat(elsewhere.text("error_description")).contains("htu");
		assertThat(TestServices.error(token(old, "proving", good, good))).isEqualTo("400 invalid_dpop_proof");
	}

	@Test
	void metadataWhenReadThenListsWhatProofsMayBeSignedWith() {
		assertThat(node.get("/.well-known/oauth-authorization-server", null)
			.json()
			.path("dpop_signing_alg_values_supported")).extracting((each) -> each.asString())
			.contains("ES256", "RS256")
			.doesNotContain("none", "HS256");
	}

}
