package dev.usher.passkey;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.SoftwareAuthenticator;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What somebody does who wants a passkey of their own to open what is another's. */
@ParameterizedClass
@EnumSource(Store.class)
class PasskeyRegistrationAttackTests {

	private static final String ORIGIN = PasskeyUser.ORIGIN;

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.webauthn.rp-id=example.org", "usher.webauthn.origins=" + ORIGIN,
				"usher.login.address-attempts=100000", "usher.issuers[0].issuer=test-issuer",
				"usher.issuers[0].secret=" + SECRET, "usher.issuers[0].audience=usher");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	PasskeyRegistrationAttackTests(Store store) {
		assertThat(store).isNotNull();
	}

	private static String token(String username) {
		return node.login(username).text("access_token");
	}

	@Test
	void challengeWhenItIsOneOfALoginThenRegistersNothing() {
		node.makeUser("crossed-back");
		String token = token("crossed-back");
		ObjectNode options = (ObjectNode) PasskeyUser.registrationOptions(node, token);
		options.set("challenge", PasskeyUser.loginOptions(node).path("challenge"));
		assertThat(PasskeyUser.finish(node, token, new SoftwareAuthenticator().create(options, ORIGIN)).code())
			.isEqualTo("bad_passkey");
	}

	/** A session id in it would not do: what binds it is in its code alone. */
	@Test
	void challengeWhenItIsOneOfAnotherSessionThenRegistersNothing() {
		node.makeUser("thief");
		PasskeyUser.make(node, "owner");
		String own = token("owner");
		String thief = token("thief");
		JsonNode options = PasskeyUser.registrationOptions(node, thief);
		assertThat(PasskeyUser.finish(node, own, new SoftwareAuthenticator().create(options, ORIGIN)).code())
			.isEqualTo("bad_passkey");
		assertThat(node.get("/auth/passkeys", own).json().size()).isEqualTo(1);
	}

	@Test
	void registrationWhenReplayedThenRegistersNothing() {
		PasskeyUser user = PasskeyUser.make(node, "re-registered");
		String token = token("re-registered");
		SoftwareAuthenticator second = new SoftwareAuthenticator();
		Map<String, Object> credential = second.create(PasskeyUser.registrationOptions(node, token), ORIGIN);
		Answer made = PasskeyUser.finish(node, token, credential);
		assertThat(made.status()).isEqualTo(201);
		assertThat(node.call("DELETE", "/auth/passkeys/" + made.text("passkey_id"), token, null).status())
			.isEqualTo(204);
		assertThat(PasskeyUser.finish(node, token, credential).code()).isEqualTo("bad_passkey");
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	/** By an hour, as the real clock tells when a session began. */
	@Test
	void registrationWhenTheSessionIsOldThenNeedsAFreshLogin() {
		PasskeyUser user = PasskeyUser.make(node, "stolen-session");
		Answer stolen = node.login("stolen-session");
		JsonNode options = PasskeyUser.registrationOptions(node, stolen.text("access_token"));
		node.clock().advance(Duration.ofHours(1));
		try {
			String token = node.refresh(stolen.text("refresh_token")).text("access_token");
			assertThat(node.call("POST", "/auth/passkeys/options", token, Map.of()).code()).isEqualTo("login_too_old");
			assertThat(PasskeyUser.finish(node, token, new SoftwareAuthenticator().create(options, ORIGIN)).code())
				.isEqualTo("login_too_old");
			assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), token, null).code())
				.isEqualTo("login_too_old");
			assertThat(node.get("/auth/passkeys", token).json().size()).isEqualTo(1);
		}
		finally {
			node.clock().advance(Duration.ofHours(-1));
		}
	}

	@Test
	void registrationWhenMadeForAnotherOriginOrRelyingPartyOrUnverifiedThenRegistersNothing() {
		node.makeUser("tricked");
		String token = token("tricked");
		assertThat(PasskeyUser
			.finish(node, token,
					new SoftwareAuthenticator().create(PasskeyUser.registrationOptions(node, token),
							"https://evil.example"))
			.code()).isEqualTo("bad_passkey");
		for (SoftwareAuthenticator spoiled : new SoftwareAuthenticator[] {
				new SoftwareAuthenticator().rpId("evil.example"),
				new SoftwareAuthenticator().flags(SoftwareAuthenticator.PRESENT),
				new SoftwareAuthenticator().type("webauthn.get"), new SoftwareAuthenticator().crossOrigin() }) {
			assertThat(PasskeyUser.register(node, token, spoiled).code()).isEqualTo("bad_passkey");
		}
		assertThat(node.get("/auth/passkeys", token).json().size()).isZero();
	}

	@Test
	void registrationWhenTheCredentialIsAnothersThenRegistersNothing() {
		PasskeyUser victim = PasskeyUser.make(node, "taken-from");
		node.makeUser("taker");
		String token = token("taker");
		assertThat(
				PasskeyUser.register(node, token, new SoftwareAuthenticator().id(victim.authenticator().id())).code())
			.isEqualTo("passkey_exists");
		assertThat(victim.login(node).status()).isEqualTo(200);
	}

	/** The page says one id, the authenticator has signed another. */
	@Test
	void registrationWhenItsIdIsNotTheOneAttestedThenRegistersNothing() {
		node.makeUser("swapper");
		assertThat(PasskeyUser.register(node, token("swapper"), new SoftwareAuthenticator().attestedId(new byte[32]))
			.code()).isEqualTo("bad_passkey");
	}

	@Test
	void registrationWhenTheCallerHasAForeignTokenOrNoneThenRefused() {
		PasskeyUser user = PasskeyUser.make(node, "namesake");
		String foreign = TestTokens.valid("test-issuer", "usher", node.clock())
			.claim("sub", "namesake")
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
		assertThat(node.get("/auth/me", foreign).text("username")).isEqualTo("namesake");
		assertThat(node.call("POST", "/auth/passkeys/options", foreign, Map.of()).code()).isEqualTo("forbidden");
		assertThat(node.get("/auth/passkeys", foreign).code()).isEqualTo("forbidden");
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), foreign, null).code()).isEqualTo("forbidden");
		assertThat(node.call("PATCH", "/auth/passkeys/" + user.id(), foreign, Map.of("name", "x")).code())
			.isEqualTo("forbidden");
		assertThat(node.call("POST", "/auth/passkeys/options", null, Map.of()).code()).isEqualTo("unauthorized");
		assertThat(node.get("/auth/passkeys", null).code()).isEqualTo("unauthorized");
	}

	@Test
	void passkeyWhenItIsAnothersThenCannotBeRenamedOrRemoved() {
		PasskeyUser victim = PasskeyUser.make(node, "kept");
		node.makeUser("remover");
		String token = token("remover");
		assertThat(node.call("PATCH", "/auth/passkeys/" + victim.id(), token, Map.of("name", "x")).code())
			.isEqualTo("not_found");
		assertThat(node.call("DELETE", "/auth/passkeys/" + victim.id(), token, null).code()).isEqualTo("not_found");
		assertThat(node.call("DELETE", "/auth/passkeys/x%00y", token, null).status()).isIn(400, 404);
		assertThat(victim.login(node).status()).isEqualTo(200);
	}

	@Test
	void passkeyWhenItIsTheLastWayInThenCannotBeRemoved() {
		PasskeyUser user = PasskeyUser.make(node, "last");
		user.dropPassword(node);
		String token = user.login(node).text("access_token");
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), token, null).code()).isEqualTo("last_credential");
		assertThat(node.call("DELETE", "/admin/accounts/last/passkeys/" + user.id(), node.admin(), null).code())
			.isEqualTo("last_credential");
		assertThat(user.login(node).status()).isEqualTo(200);
		assertThat(PasskeyUser.register(node, token, new SoftwareAuthenticator()).status()).isEqualTo(201);
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), token, null).status()).isEqualTo(204);
	}

	@Test
	void passwordWhenItIsTheLastWayInThenCannotBeTakenAway() {
		node.makeUser("unkeyed");
		assertThat(PasskeyUser.dropPassword(node, "unkeyed").code()).isEqualTo("last_credential");
		assertThat(node.login("unkeyed").status()).isEqualTo(200);
	}

	@Test
	void passwordWhenTheAccountHasNoneThenOpensNothingAndItsSessionsAreOver() {
		PasskeyUser user = PasskeyUser.make(node, "passkey-only");
		Answer before = node.login("passkey-only");
		user.dropPassword(node);
		assertThat(node.get("/auth/me", before.text("access_token")).code()).isEqualTo("revoked");
		Answer refused = node.login("passkey-only");
		assertThat(refused.code()).isEqualTo("bad_credentials");
		assertThat(refused.response().body()).isEqualTo(node.login("nobody-at-all").response().body());
		String token = user.login(node).text("access_token");
		assertThat(node
			.call("POST", "/auth/password", token,
					Map.of("current_password", "", "new_password", "another horse entirely"))
			.code()).isEqualTo("bad_credentials");
	}

	@Test
	void registrationWhenItsBytesAreBrokenThenIsRefusedAndNoError() {
		node.makeUser("broken-too");
		String token = token("broken-too");
		Map<String, Object> good = new SoftwareAuthenticator().create(PasskeyUser.registrationOptions(node, token),
				ORIGIN);
		for (String bytes : new String[] { "", "AA", "A".repeat(2000), "e30", "_".repeat(4000) }) {
			assertThat(PasskeyUser.finish(node, token, PasskeyUser.spoiled(good, "attestationObject", bytes)).code())
				.isEqualTo("bad_passkey");
		}
		assertThat(PasskeyUser.finish(node, token, PasskeyUser.spoiled(good, "attestationObject", "A".repeat(9000)))
			.code()).isEqualTo("bad_request");
	}

}
