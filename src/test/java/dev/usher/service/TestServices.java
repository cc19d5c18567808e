package dev.usher.service;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients and what they send: always good unless a test spoils it.
 *
 * @param node where
 * @param admin the token of who makes them
 */
record TestServices(HttpNode node, String admin) {

	Answer make(Map<String, Object> client) {
		return this.node.call("POST", "/admin/clients", this.admin, client);
	}

	String secret(String id, String... scopes) {
		return make(Map.of("client_id", id, "scopes", List.of(scopes))).text("client_secret");
	}

	void keyClient(String id, JWK... keys) {
		Answer made = make(Map.of("client_id", id, "scopes", List.of("publish"), "jwks",
				new JWKSet(List.of(keys)).toJSONObject()));
		assertThat(made.status()).as(made.toString()).isIn(201, 409);
		assertThat(made.json().has("client_secret")).isFalse();
	}

	String tokenOf(String id, String secret) {
		return token(Map.of("grant_type", "client_credentials"), basic(id, secret)).text("access_token");
	}

	String publish(String token, String to) {
		Answer answer = this.node.call("POST", "/api/messages", token, Map.of("to", to, "body", "x"));
		if (answer.status() != 200 && answer.json().path("results").isEmpty()) {
			return answer.toString();
		}
		return answer.json().path("results").path(0).path("error").path("code").asString("ok");
	}

	static String error(Answer answer) {
		return answer.status() + " " + answer.text("error");
	}

	static String basic(String id, String secret) {
		return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
	}

	Answer token(Map<String, String> form, @Nullable String authorization) {
		String body = form.entrySet()
			.stream()
			.map((member) -> member.getKey() + "=" + URLEncoder.encode(member.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
		var request = this.node.request("/oauth2/token")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(body));
		if (authorization != null) {
			request.header("Authorization", authorization);
		}
		return this.node.send(request);
	}

	Answer signed(RSAKey key, Consumer<JWTClaimsSet.Builder> spoil, String client) {
		JWTClaimsSet.Builder claims = claims(client);
		spoil.accept(claims);
		return token(form(sign(key, claims.build())), null);
	}

	static Map<String, String> form(String assertion) {
		return new HashMap<>(Map.of("grant_type", "client_credentials", "client_assertion_type",
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", assertion));
	}

	JWTClaimsSet.Builder claims(String client) {
		return new JWTClaimsSet.Builder().issuer(client)
			.subject(client)
			.audience("usher")
			.jwtID(UUID.randomUUID().toString())
			.issueTime(in(Duration.ZERO))
			.expirationTime(in(Duration.ofMinutes(1)));
	}

	Date in(Duration time) {
		return Date.from(this.node.clock().instant().plus(time));
	}

	static String sign(RSAKey key, JWTClaimsSet claims) {
		try {
			SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
					claims);
			jwt.sign(new RSASSASigner(key));
			return jwt.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static RSAKey rsa(int bits) {
		try {
			return new RSAKeyGenerator(bits).keyID("k").generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
