package dev.usher.attack;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Forged tokens, stolen names, rights that nobody gave. */
class TokenAttacks {

	private static final JsonMapper mapper = new JsonMapper();

	private final Target target = Targets.usual();

	private void isUnauthorized(String token) {
		StompFrame error = this.target.refuses(token, "unauthorized", 4502);
		assertThat(error.header("message")).isEqualTo("A valid credential is needed.");
		assertThat(error.header("retry")).isEqualTo("login");
	}

	/** The claims of a token of the gateway's own. */
	private JsonNode ownClaims() {
		String payload = this.target.admin().split("\\.")[1];
		return mapper.readTree(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
	}

	private TestTokens likeOurOwn() {
		JsonNode own = ownClaims();
		return Target.tokenOf("admin")
			.header("typ", "at+jwt")
			.claim("iss", own.path("iss").asString())
			.claim("aud", own.path("aud").isArray() ? own.path("aud").path(0).asString() : own.path("aud").asString())
			.claim("roles", List.of("admin"));
	}

	private JsonNode publicKey() {
		return this.target.call("GET", "/oauth2/jwks", null, null).json().path("keys").path(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "None", "NONE", "nOnE" })
	void connectWhenTokenIsNotSignedThenUnauthorized(String alg) {
		isUnauthorized(Target.tokenOf("ann").header("alg", alg).unsigned() + ".");
		isUnauthorized(likeOurOwn().header("alg", alg).unsigned() + ".");
	}

	/** Whoever takes the public key for the secret of an HMAC accepts this. */
	@Test
	void connectWhenTokenIsSignedWithThePublicKeyThenUnauthorized() {
		JsonNode key = publicKey();
		String kid = key.path("kid").asString();
		for (String secret : List.of(key.toString(), key.path("n").asString())) {
			isUnauthorized(likeOurOwn().header("kid", kid).sign(secret.getBytes(StandardCharsets.UTF_8)));
		}
		isUnauthorized(likeOurOwn().header("kid", kid).sign(Base64.getUrlDecoder().decode(key.path("n").asString())));
	}

	@Test
	void connectWhenAlgorithmIsAnotherThanTheIssuersThenUnauthorized() {
		KeyPair own = TestTokens.rsa(2048);
		isUnauthorized(Target.tokenOf("ann").header("alg", "RS256").sign(own.getPrivate()));
		isUnauthorized(Target.tokenOf("ann").header("alg", "HS512").sign(Target.SECRET));
	}

	/** Headers of RFC 7515, section 4.1, that let a token name its own judge. */
	@ParameterizedTest
	@ValueSource(strings = { "jku", "x5u", "jwk", "x5c" })
	void connectWhenTokenBringsItsOwnKeyThenUnauthorized(String header) {
		KeyPair own = TestTokens.rsa(2048);
		Object value = switch (header) {
			case "jwk" -> Map.of("kty", "RSA", "e", "AQAB", "n", "AQAB", "kid", "mine");
			case "x5c" -> List.of("MIIB");
			default -> "http://localhost:" + this.target.port() + "/oauth2/jwks";
		};
		isUnauthorized(likeOurOwn().header("kid", "mine").header(header, value).sign(own.getPrivate()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iss", "aud", "sub", "exp" })
	void connectWhenAClaimIsMissingOrOfSomebodyElseThenUnauthorized(String claim) {
		isUnauthorized(Target.tokenOf("ann").claim(claim, null).sign(Target.SECRET));
		isUnauthorized(Target.tokenOf("ann").claim(claim, List.of("else")).sign(Target.SECRET));
	}

	@Test
	void connectWhenClaimsWereChangedThenUnauthorized() {
		String[] anns = Target.token("ann").split("\\.");
		String[] admins = this.target.admin().split("\\.");
		isUnauthorized(Target.tokenOf("ben").unsigned() + "." + anns[2]);
		isUnauthorized(admins[0] + "." + anns[1] + "." + admins[2]);
		isUnauthorized(anns[0] + "." + anns[1] + ".");
	}

	@Test
	void connectWhenTokenIsHugeOrDeepThenRefused() {
		isUnauthorized(
				"eyJ".concat("x".repeat(3500)) + "." + "[".repeat(200) + "." + Target.token("ann").split("\\.")[2]);
		String deep = TestTokens.encode("{\"alg\":" + "[".repeat(600) + "]".repeat(600) + "}");
		isUnauthorized(deep + "." + deep + ".AAAA");
		isUnauthorized("x".repeat(15_000));
		try (StompClient client = this.target.open()) {
			client.send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + "x".repeat(17_000))
				.expectError("too_large", 4506);
		}
	}

	@Test
	void connectWhenCredentialIsARefreshTokenOrAPasswordThenUnauthorized() {
		Target.Login login = this.target.account("mixed");
		isUnauthorized(login.refreshToken());
		isUnauthorized(Target.PASSWORD);
	}

	@Test
	void connectWhenCredentialsNameTwoUsersThenUnauthorized() {
		try (StompClient client = this.target.open()) {
			client.sendConnect(Target.token("ann"), "passcode:" + Target.token("ben"))
				.expectError("unauthorized", 4502);
		}
		try (StompClient client = this.target.open("Authorization:Bearer " + Target.token("ben"))) {
			client.sendConnect(Target.token("ann")).expectError("unauthorized", 4502);
		}
		try (StompClient client = this.target.open()) {
			client.send("CONNECT", "accept-version:1.2", "login:ben", "passcode:" + Target.token("ann"))
				.expectError("unauthorized", 4502);
		}
	}

	@Test
	void connectWhenItClaimsAnotherNameThenTheTokenDecides() {
		try (StompClient client = this.target.open()) {
			client.sendConnect(Target.token("ann"), "user-name:admin", "simpUser:admin", "login:admin",
					"session:stolen");
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ann");
		}
	}

	@Test
	void issuerWhenItMakesItsUsersAdministratorsThenTheyAreNone() {
		String forged = Target.tokenOf("admin").claim("roles", List.of("admin")).sign(Target.SECRET);
		assertThat(this.target.call("GET", "/admin/accounts", forged, null).code()).isEqualTo("forbidden");
		assertThat(this.target
			.call("POST", "/admin/accounts", forged,
					Map.of("username", "mallory", "password", Target.PASSWORD, "roles", List.of("admin")))
			.code()).isEqualTo("forbidden");
		assertThat(this.target.call("DELETE", "/admin/accounts/admin", forged, null).code()).isEqualTo("forbidden");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/admin/accounts", "/admin//accounts", "/admin/./accounts", "/admin/x/../accounts",
			"/ADMIN/accounts", "/admin;x=y/accounts", "/%61dmin/accounts", "/admin/accounts/",
			"/auth/../admin/accounts" })
	void adminCallWhenPathIsDisguisedThenNobodyElseGetsThere(String path) {
		Target.Login user = this.target.login("admin", Target.PASSWORD);
		String ann = Target.token("ann");
		for (String token : List.of(ann, "forged")) {
			var answer = this.target.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
					+ token + "\r\nConnection: close\r\n\r\n");
			assertThat(answer.status()).isBetween(400, 404);
			assertThat(answer.body()).doesNotContain("username");
		}
		assertThat(this.target.call("POST", "/auth/logout", user.token(), null).status()).isEqualTo(204);
	}

	@Test
	void liveFrameWhenItCarriesATokenOfAnotherUserThenConnectionEnds() {
		try (StompClient client = this.target.connect("ann"); StompClient listener = this.target.connect("eve")) {
			listener.subscribe("a", "/topic/swap");
			client.send(StompFrame.of("SEND", "destination:/topic/swap", "Authorization:Bearer " + Target.token("ben"))
				.body("as ben"));
			client.expectError("unauthorized", 4502);
			listener.expectNothing();
		}
		try (StompClient client = this.target.connect("ann")) {
			client.send("SEND", "destination:/app/auth", "Authorization:Bearer forged")
				.expectError("unauthorized", 4502);
		}
	}

	@Test
	void connectWhenItIsTheSecondThenConnectionEnds() {
		try (StompClient client = this.target.connect("ann")) {
			client.sendConnect(Target.token("ben")).expectError("bad_frame", 4500);
		}
	}

}
