package dev.usher.token;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.access.Caller;
import dev.usher.protocol.Destination;
import dev.usher.testing.TestIssuer;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tokens that somebody made up, and what they must never get. */
class TokenAttackTests extends TokenAttackFixture {

	@Test
	void nothingIsSpoiledThenAccepted() {
		assertThat(verified(signed(this.tokens.own())).name()).isEqualTo("alice");
		assertThat(verified(this.idp.sign(this.idp.token(this.tokens.clock))).name()).isEqualTo("alice");
		assertThat(verified(partner().sign(SECRET.getBytes(StandardCharsets.UTF_8))).name()).isEqualTo("partner:alice");
	}

	private TestTokens partner() {
		return TestTokens.valid("partner", "gateway", this.tokens.clock);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "None", "NONE", "nOnE", "" })
	void algIsNoneThenRefused(String alg) {
		String unsigned = this.tokens.own().header("alg", alg).unsigned();
		assertUnauthorized(unsigned + ".");
		assertUnauthorized(unsigned + ".AAAA");
		assertUnauthorized(signed(this.tokens.own().header("alg", alg)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "HS256", "HS384", "RS384", "RS512", "PS256", "EdDSA", "rs256", "RS256 " })
	void algIsAnotherThanPinnedThenRefused(String alg) {
		assertUnauthorized(this.idp.sign(this.idp.token(this.tokens.clock).header("alg", alg)));
		assertUnauthorized(signed(this.tokens.own().header("alg", alg)));
	}

	@Test
	void ourPublicKeyIsUsedAsSecretThenRefused() throws Exception {
		RSAKey published = this.tokens.keys.current().publicKey();
		String pem = "-----BEGIN PUBLIC KEY-----\n" + java.util.Base64.getMimeEncoder(64, new byte[] { '\n' })
			.encodeToString(published.toPublicKey().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
		List<byte[]> secrets = List.of(published.toPublicKey().getEncoded(), pem.getBytes(StandardCharsets.US_ASCII),
				published.toJSONString().getBytes(StandardCharsets.UTF_8), published.getModulus().decode());
		for (byte[] secret : secrets) {
			assertUnauthorized(this.tokens.own().header("alg", "HS256").sign(secret));
			assertUnauthorized(this.tokens.own().header("alg", "RS256").sign(secret));
		}
	}

	@Test
	void foreignPublicKeyIsUsedAsSecretThenRefused() {
		byte[] secret = this.idp.currentJwkSet().getBytes(StandardCharsets.UTF_8);
		assertUnauthorized(this.idp.token(this.tokens.clock).header("alg", "HS256").sign(secret));
	}

	@Test
	void secretIssuerIsSignedWithRsaThenRefused() {
		assertUnauthorized(partner().sign(this.attacker.getPrivate()));
		assertUnauthorized(partner().sign("another secret of thirty-two bytes".getBytes(StandardCharsets.UTF_8)));
		assertUnauthorized(partner().header("alg", "HS512").sign(SECRET.getBytes(StandardCharsets.UTF_8)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "JWT", "jwt", "id+jwt", "refresh+jwt", "application/jwt", "" })
	void typOfOursIsWrongThenRefused(String typ) {
		assertUnauthorized(signed(this.tokens.own().header("typ", typ)));
	}

	@Test
	void typOfOursIsMissingOrNoStringThenRefused() {
		assertUnauthorized(signed(this.tokens.own().header("typ", null)));
		assertUnauthorized(signed(this.tokens.own().header("typ", 7)));
	}

	@Test
	void typOfForeignIsAnotherThenRefused() {
		assertUnauthorized(this.idp.sign(this.idp.token(this.tokens.clock).header("typ", "logout+jwt")));
		for (String typ : List.of("JWT", "at+jwt", "application/at+jwt")) {
			assertThat(verified(this.idp.sign(this.idp.token(this.tokens.clock).header("typ", typ))).name())
				.isEqualTo("alice");
		}
	}

	@Test
	void signedByAttackerThenRefused() {
		assertUnauthorized(this.tokens.own().sign(this.attacker.getPrivate()));
		assertUnauthorized(this.idp.token(this.tokens.clock).sign(this.attacker.getPrivate()));
	}

	@Test
	void kidIsUnknownMissingOrStrangeThenRefused() {
		assertUnauthorized(signed(this.tokens.own().header("kid", "another")));
		assertUnauthorized(signed(this.tokens.own().header("kid", null)));
		assertUnauthorized(signed(this.tokens.own().header("kid", 7)));
		assertUnauthorized(signed(this.tokens.own().header("kid", "../../etc/passwd")));
		assertUnauthorized(signed(this.tokens.own().header("kid", "' OR 1=1 --")));
	}

	@Test
	void headerBringsItsOwnKeyThenNotFollowed() throws Exception {
		RSAKey key = new RSAKey.Builder((RSAPublicKey) this.attacker.getPublic()).keyID("attacker").build();
		this.idp.serveJwkSet("{\"keys\":[" + key.toJSONString() + "]}");
		int before = this.idp.requests();
		for (String kid : List.of("attacker", this.tokens.keys.current().kid())) {
			TestTokens token = this.tokens.own()
				.header("kid", kid)
				.header("jku", this.idp.jwkSetUri().toString())
				.header("x5u", this.idp.jwkSetUri().toString());
			assertUnauthorized(token.sign(this.attacker.getPrivate()));
			assertUnauthorized(token.header("jwk", key.toJSONObject()).sign(this.attacker.getPrivate()));
			assertUnauthorized(
					token.header("jwk", null).header("x5c", List.of("AAAA")).sign(this.attacker.getPrivate()));
		}
		assertThat(this.idp.requests()).isEqualTo(before);
		this.idp.serveJwkSet(this.idp.currentJwkSet());
		TestTokens genuine = this.tokens.own().header("jku", URI.create("https://attacker.example/").toString());
		assertThat(verified(signed(genuine)).name()).isEqualTo("alice");
	}

	@Test
	void critOrB64IsThereThenRefused() {
		assertUnauthorized(signed(this.tokens.own().header("crit", List.of("exp")).header("exp", 1)));
		assertUnauthorized(signed(this.tokens.own().header("crit", List.of("b64")).header("b64", false)));
		assertUnauthorized(signed(this.tokens.own().header("crit", List.of())));
		assertUnauthorized(signed(this.tokens.own().header("b64", false)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iss", "sub", "aud", "exp", "sid", "jti", "iat" })
	void claimOfOursIsMissingThenRefused(String claim) {
		assertUnauthorized(signed(this.tokens.own().claim(claim, null)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iss", "sub", "aud", "exp" })
	void claimOfForeignIsMissingThenRefused(String claim) {
		assertUnauthorized(this.idp.sign(this.idp.token(this.tokens.clock).claim(claim, null)));
	}

	@ParameterizedTest
	@MethodSource("spoiledClaims")
	void claimIsSpoiledThenRefused(String claim, Object value) {
		assertUnauthorized(signed(this.tokens.own().claim(claim, value)));
	}

	static Stream<Object[]> spoiledClaims() {
		List<Object[]> all = new ArrayList<>();
		add(all, "iss", "someone", "usher ", "Usher", "", 7, List.of("usher"));
		add(all, "aud", "another", List.of(), List.of("another"), 7, Map.of("usher", true), "usher ");
		add(all, "sub", "", "a".repeat(256), 7, List.of("alice"), "a\nb", "a\u0000b", "a\u007fb", "a\u0085b");
		add(all, "exp", "9999999999", -1, Long.MIN_VALUE, Long.MAX_VALUE, 1e300, 253402300800L, true, List.of(1));
		add(all, "iat", "1", -1, Long.MAX_VALUE, List.of());
		add(all, "nbf", "1", -1, Long.MAX_VALUE);
		add(all, "jti", "", 7, "j".repeat(256));
		add(all, "sid", "", 7, "s".repeat(256));
		add(all, "roles", 7, Map.of("admin", true), List.of(7), Collections.nCopies(1001, "admin"));
		add(all, "subscribe", "/topic/**", 7, List.of(7), Collections.nCopies(101, "/topic/a"));
		add(all, "publish", "/topic/**", Map.of(), Collections.nCopies(101, "/topic/a"));
		return all.stream();
	}

	private static void add(List<Object[]> all, String claim, Object... values) {
		for (Object value : values) {
			all.add(new Object[] { claim, value });
		}
	}

	@Test
	void subIsHalfASurrogatePairThenRefused() {
		String[] parts = this.tokens.own().header("alg", "RS256").claim("sub", "HERE").unsigned().split("\\.");
		String claims = new String(java.util.Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
		for (String half : List.of("\\ud800", "a\\udfff", "\\udfff\\ud800")) {
			String spoiled = TestTokens.encode(claims.replace("HERE", half));
			assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), parts[0] + "." + spoiled));
		}
		String whole = TestTokens.encode(claims.replace("HERE", "\\ud83d\\ude00"));
		assertThat(verified(TestTokens.sign(this.tokens.privateKey(), parts[0] + "." + whole)).name())
			.isEqualTo("\ud83d\ude00");
	}

	@Test
	void claimIsWrittenTwiceThenRefused() {
		String claims = TestTokens.encode("{\"iss\":\"usher\",\"sub\":\"alice\",\"sub\":\"bob\"}");
		String header = this.tokens.own().header("alg", "RS256").unsigned().split("\\.")[0];
		assertUnauthorized(TestTokens.sign(this.tokens.privateKey(), header + "." + claims));
	}

	@Test
	void foreignTokenClaimsToBeOursThenRefused() {
		TestTokens token = this.idp.token(this.tokens.clock).claim("iss", "usher").claim("aud", "usher");
		assertUnauthorized(this.idp.sign(token));
		assertUnauthorized(this.idp.sign(token.header("typ", "at+jwt").claim("sid", "s")));
		assertUnauthorized(this.idp.sign(token.header("kid", this.tokens.keys.current().kid())));
	}

	@Test
	void oneIssuerClaimsToBeAnotherThenRefused() {
		assertUnauthorized(this.idp.sign(this.idp.token(this.tokens.clock).claim("iss", "partner")));
		assertUnauthorized(partner().claim("iss", this.idp.issuer()).sign(SECRET.getBytes(StandardCharsets.UTF_8)));
		assertUnauthorized(signed(this.tokens.own()
			.claim("iss", this.idp.issuer())
			.claim("aud", TestIssuer.AUDIENCE)
			.claim("iat", this.tokens.clock.instant().minusSeconds(60).getEpochSecond())));
	}

	@Test
	void foreignIssuerMakesAnAdminThenOnlyAUser() {
		TestTokens token = this.idp.token(this.tokens.clock).claim("roles", List.of("admin", "user", "root"));
		Caller caller = verified(this.idp.sign(token));
		assertThat(caller.roles()).containsExactly("user");
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/secret", "alice"))).isFalse();
		assertThat(verified(this.idp.sign(token.claim("roles", "admin"))).roles()).isEmpty();
	}

	@Test
	void foreignTokenNamesASessionOfOursThenItIsIgnored() {
		Caller caller = verified(this.idp.sign(this.idp.token(this.tokens.clock).claim("sid", "a-session")));
		assertThat(caller.sessionId()).isNull();
	}

	@Test
	void manyAreTriedThenMemoryOfThemIsNotKept() {
		Map<String, Object> before = new HashMap<>(Map.of("kids", this.tokens.keys.jwkSet()));
		for (int i = 0; i < 200; i++) {
			assertUnauthorized(signed(this.tokens.own().header("kid", "kid-" + i)));
		}
		assertThat(this.tokens.keys.jwkSet()).isEqualTo(before.get("kids"));
	}

}
