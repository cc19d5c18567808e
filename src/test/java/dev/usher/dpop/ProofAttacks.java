package dev.usher.dpop;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.testing.Answer;
import dev.usher.testing.ProofKey;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Proofs that are almost good. */
abstract class ProofAttacks extends DpopAttacks {

	@Test
	void proofWhenOfAnotherMethodThenIsRefused() {
		assertThat(call(proof().claim("htm", "POST"))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().claim("htm", "get"))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().claim("htm", "CONNECT"))).isEqualTo("401 invalid_dpop_proof");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost:%d/auth/sessions", "http://localhost:1/auth/me", "/auth/me",
			"https://localhost:%d/auth/me", "http://example.org:%d/auth/me", "http://localhost:%d/auth/me/",
			"http://admin@localhost:%d/auth/me", "http://localhost:%d/auth/../auth/me", "" })
	void proofWhenOfAnotherUrlThenIsRefused(String url) {
		assertThat(call(proof().claim("htu", url.formatted(node().port())))).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofWhenTooOldOrOfTheFutureThenIsRefused() {
		long now = clock.instant().getEpochSecond();
		assertThat(call(proof().claim("iat", now - 310))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().claim("iat", now + 600))).isEqualTo("401 invalid_dpop_proof");
		assertThat(connect(connectProof().claim("iat", now - 310))).isEqualTo("4502 unauthorized");
		assertThat(call(proof().claim("iat", now - 60))).isEqualTo("ok");
	}

	@Test
	void proofWhenItShowsItsPrivateKeyThenIsRefused() {
		assertThat(call(proof().header("jwk", this.owner.key().privateJwk()))).isEqualTo("401 invalid_dpop_proof");
		assertThat(connect(connectProof().header("jwk", this.owner.key().privateJwk()))).isEqualTo("4502 unauthorized");
	}

	@Test
	void proofWhenUnsignedThenIsRefused() {
		String unsigned = proof().header("alg", "none").unsigned();
		assertThat(call(unsigned + ".")).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(unsigned + ".AAAA")).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofWhenSymmetricThenIsRefused() {
		byte[] secret = "a secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);
		Map<String, Object> jwk = Map.of("kty", "oct", "k", TestTokens.encode(secret));
		assertThat(call(proof().header("alg", "HS256").sign(secret))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().header("alg", "HS256").header("jwk", jwk).sign(secret)))
			.isEqualTo("401 invalid_dpop_proof");
	}

	@ParameterizedTest
	@ValueSource(strings = { "EdDSA", "ES256K", "es256", "HS512", "RS1" })
	void proofWhenItsAlgorithmIsNotOnTheListThenIsRefused(String algorithm) {
		String[] parts = this.owner.sign(proof()).split("\\.");
		String header = proof().header("alg", algorithm).unsigned().split("\\.")[0];
		assertThat(call(header + "." + parts[1] + "." + parts[2])).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofWhenSignedByAnotherKeyThenIsRefused() {
		assertThat(call(new ProofKey().sign(proof()))).isEqualTo("401 invalid_dpop_proof");
		String[] parts = this.owner.sign(proof()).split("\\.");
		String changed = proof().claim("jti", "changed").unsigned().split("\\.")[1];
		assertThat(call(parts[0] + "." + changed + "." + parts[2])).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofWhenItsKeyIsWeakThenIsRefused() {
		KeyPair weak = TestTokens.rsa(1024);
		Map<String, Object> jwk = new RSAKey.Builder((RSAPublicKey) weak.getPublic()).build().toJSONObject();
		assertThat(call(proof().header("alg", "RS256").header("jwk", jwk).sign(weak.getPrivate())))
			.isEqualTo("401 invalid_dpop_proof");
	}

	/** To check one signature would take longer than a thousand others. */
	@Test
	void proofWhenItsExponentIsHugeThenIsRefused() {
		Map<String, Object> jwk = Map.of("kty", "RSA", "n", TestTokens.encode(odd(256)), "e",
				TestTokens.encode(odd(250)));
		assertThat(call(proof().header("alg", "RS256").header("jwk", jwk).sign(TestTokens.rsa(2048).getPrivate())))
			.isEqualTo("401 invalid_dpop_proof");
	}

	private static byte[] odd(int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) 0x7f);
		bytes[0] = (byte) 0xff;
		return bytes;
	}

	@ParameterizedTest
	@ValueSource(strings = { "JWT", "at+jwt", "" })
	void proofWhenItsTypeIsNotThatOfAProofThenIsRefused(String type) {
		assertThat(call(proof().header("typ", type.isEmpty() ? null : type))).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofsWhenThereAreTwoThenRefused() {
		Answer answer = this.owner.send("GET", "/auth/me", null, "Authorization", "DPoP " + this.token, "DPoP",
				this.owner.sign(proof()), "DPoP", this.owner.sign(proof()));
		assertThat(answer.status() + " " + answer.code()).isEqualTo("401 invalid_dpop_proof");
		assertThat(connect("Authorization:DPoP " + this.token, "DPoP:" + this.owner.sign(connectProof()),
				"dpop:" + this.owner.sign(connectProof())))
			.isEqualTo("4502 unauthorized");
	}

	@Test
	void proofWhenOversizedThenIsRefusedUnread() {
		assertThat(call(proof().claim("padding", "x".repeat(7000)))).isEqualTo("401 invalid_dpop_proof");
		// Whichever limit it meets first.
		assertThat(connect(connectProof().claim("padding", "x".repeat(7000)))).isIn("4506 too_large",
				"4502 unauthorized");
	}

	@Test
	void proofWhenOfAnotherTokenThenIsRefused() {
		assertThat(call(proof().claim("ath", ProofKey.hash("another")))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().claim("ath", null))).isEqualTo("401 invalid_dpop_proof");
		assertThat(connect(connectProof().claim("ath", null))).isEqualTo("4502 unauthorized");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jti", "htm", "htu", "iat" })
	void proofWhenAClaimIsMissingOrOfAnotherTypeThenIsRefused(String claim) {
		assertThat(call(proof().claim(claim, null))).isEqualTo("401 invalid_dpop_proof");
		assertThat(call(proof().claim(claim, Map.of()))).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofWhenItIsNoneThenIsRefused() {
		for (String proof : List.of("x", "..", "a.b.c", "e30.e30.e30", this.token)) {
			assertThat(call(proof)).as(proof).isEqualTo("401 invalid_dpop_proof");
			assertThat(connect("Authorization:DPoP " + this.token, "DPoP:" + proof)).isEqualTo("4502 unauthorized");
		}
		assertThat(call(proof().header("crit", List.of("exp")))).isEqualTo("401 invalid_dpop_proof");
	}

}
