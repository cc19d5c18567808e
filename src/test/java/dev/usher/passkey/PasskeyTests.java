package dev.usher.passkey;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.SoftwareAuthenticator;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Passkeys over real HTTP, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class PasskeyTests {

	private static final String ORIGIN = PasskeyUser.ORIGIN;

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.webauthn.rp-id=example.org", "usher.webauthn.origins=" + ORIGIN,
				"usher.webauthn.max-per-account=3", "usher.session.max-per-user=3");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	PasskeyTests(Store store) {
		assertThat(store).isNotNull();
	}

	private static String token(String username) {
		return node.login(username).text("access_token");
	}

	/** As it is where the account is deleted while its owner asks for options. */
	@Test
	void handleWhenItsAccountIsGoneThenThereIsNone() {
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> node.bean(Passkeys.class).handleOf("deleted-meanwhile"))
			.satisfies((refused) -> assertThat(refused.reason()).isEqualTo(Reason.NOT_FOUND));
	}

	@Test
	void optionsWhenAskedToRegisterThenAreThoseOfADiscoverablePasskey() {
		PasskeyUser ann = PasskeyUser.make(node, "ann");
		JsonNode options = PasskeyUser.registrationOptions(node, token("ann"));
		assertThat(options.path("rp").path("id").asString()).isEqualTo("example.org");
		assertThat(options.path("user").path("name").asString()).isEqualTo("ann");
		assertThat(options.path("user").path("id").asString()).hasSize(86);
		assertThat(options.path("authenticatorSelection").path("residentKey").asString()).isEqualTo("required");
		assertThat(options.path("authenticatorSelection").path("userVerification").asString()).isEqualTo("required");
		assertThat(options.path("attestation").asString()).isEqualTo("none");
		assertThat(options.path("timeout").asInt()).isEqualTo(300_000);
		assertThat(options.path("pubKeyCredParams").values().stream().map((each) -> each.path("alg").asInt()))
			.containsExactly(-7, -8, -257);
		JsonNode excluded = options.path("excludeCredentials");
		assertThat(excluded.size()).isEqualTo(1);
		assertThat(StoredCredentials.bytes(excluded.get(0).path("id").asString()).getBytes())
			.isEqualTo(ann.authenticator().id());
	}

	@Test
	void optionsWhenAskedToLogInThenNameNobodysPasskeys() {
		PasskeyUser.make(node, "asked");
		JsonNode options = PasskeyUser.loginOptions(node);
		assertThat(options.path("rpId").asString()).isEqualTo("example.org");
		assertThat(options.path("userVerification").asString()).isEqualTo("required");
		assertThat(options.path("allowCredentials").size()).isZero();
		assertThat(options.path("challenge").asString()).hasSizeGreaterThanOrEqualTo(86)
			.isNotEqualTo(PasskeyUser.loginOptions(node).path("challenge").asString());
	}

	@ParameterizedTest
	@EnumSource(SoftwareAuthenticator.Algorithm.class)
	void loginWhenByPasskeyThenAnswersAsByPassword(SoftwareAuthenticator.Algorithm algorithm) {
		String name = "by-" + algorithm.name().toLowerCase(Locale.ROOT);
		node.makeUser(name, "user");
		PasskeyUser user = PasskeyUser.withPasskey(node, name, new SoftwareAuthenticator(algorithm));
		Answer login = user.login(node);
		assertThat(login.status()).as(login.toString()).isEqualTo(200);
		Answer password = node.login(name);
		assertThat(login.json().propertyNames()).isEqualTo(password.json().propertyNames());
		assertThat(login.json().path("expires_in").asInt()).isEqualTo(900);
		Answer me = node.get("/auth/me", login.text("access_token"));
		assertThat(me.text("username")).isEqualTo(name);
		assertThat(me.json().path("roles").toString()).isEqualTo("[\"user\"]");
		assertThat(node.refresh(login.text("refresh_token")).status()).isEqualTo(200);
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	@Test
	void loginWhenItNamesADeviceAndWantsACookieThenIsAsByPassword() {
		PasskeyUser user = PasskeyUser.make(node, "cookie");
		Map<String, Object> body = Map.of("passkey", user.authenticator().sign(PasskeyUser.loginOptions(node), ORIGIN),
				"device", "Kitchen tablet", "cookie", true);
		Answer login = node.call("POST", "/auth/login", null, body);
		assertThat(login.response().headers().allValues("Set-Cookie")).hasSize(2)
			.anySatisfy((cookie) -> assertThat(cookie).startsWith("USHER_SESSION=").contains("HttpOnly"));
		assertThat(node.get("/auth/sessions", login.text("access_token")).json().values())
			.anySatisfy((session) -> assertThat(session.path("device").asString()).isEqualTo("Kitchen tablet"));
	}

	@Test
	void loginWhenThereAreTooManySessionsThenTheOldestGoes() {
		PasskeyUser user = PasskeyUser.make(node, "many");
		Answer first = user.login(node);
		for (int i = 0; i < 3; i++) {
			assertThat(user.login(node).status()).isEqualTo(200);
		}
		assertThat(node.get("/auth/me", first.text("access_token")).code()).isEqualTo("revoked");
	}

	@Test
	void loginWhenThePasskeyCountsNothingThenIsAccepted() {
		node.makeUser("synced");
		PasskeyUser user = PasskeyUser.withPasskey(node, "synced", new SoftwareAuthenticator().withoutCounter());
		assertThat(user.login(node).status()).isEqualTo(200);
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	@Test
	void loginWhenTheAccountIsDisabledThenRefusedUntilItIsEnabled() {
		PasskeyUser user = PasskeyUser.make(node, "disabled");
		node.call("PATCH", "/admin/accounts/disabled", node.admin(), Map.of("disabled", true));
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
		node.call("PATCH", "/admin/accounts/disabled", node.admin(), Map.of("disabled", false));
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	@Test
	void loginWhenTheAccountWasDeletedThenItsPasskeysAreGoneAndANewOneOfItsNameHasNone() {
		PasskeyUser user = PasskeyUser.make(node, "deleted");
		assertThat(node.call("DELETE", "/admin/accounts/deleted", node.admin(), null).status()).isEqualTo(204);
		assertThat(node.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM passkeys WHERE username_key = 'deleted'")
			.query(Integer.class)
			.single()).isZero();
		node.makeUser("deleted");
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
		assertThat(node.get("/auth/passkeys", token("deleted")).json().size()).isZero();
	}

	@Test
	void loginWhenItHasAPasswordTooThenBadRequest() {
		PasskeyUser user = PasskeyUser.make(node, "both");
		Answer both = node.call("POST", "/auth/login", null,
				Map.of("passkey", user.authenticator().sign(PasskeyUser.loginOptions(node), ORIGIN), "username", "both",
						"password", HttpNode.PASSWORD));
		assertThat(both.code()).isEqualTo("bad_request");
		assertThat(both.text("detail")).contains("\"passkey\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", "\"x\"", "{\"id\":\"AA\",\"rawId\":\"AB\",\"type\":\"public-key\"}",
			"{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"%\"}}" })
	void loginWhenItsPasskeyIsMalformedThenNamesWhatIsWrong(String passkey) {
		Answer answer = node.send(node.request("/auth/login")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"passkey\":" + passkey + "}")));
		assertThat(answer.code()).isEqualTo("bad_request");
		assertThat(answer.text("detail")).startsWith("Member \"passkey.");
	}

	@Test
	void passkeysWhenListedRenamedAndRemovedThenAreTheOwners() {
		PasskeyUser user = PasskeyUser.make(node, "lister");
		String token = token("lister");
		JsonNode listed = node.get("/auth/passkeys", token).json();
		assertThat(listed.size()).isEqualTo(1);
		JsonNode first = listed.get(0);
		assertThat(first.path("passkey_id").asString()).isEqualTo(user.id());
		assertThat(first.path("name").asString()).isEqualTo("Phone");
		assertThat(first.path("created_at").asString()).isEqualTo(node.clock().instant().toString());
		assertThat(first.has("last_used_at")).isFalse();
		assertThat(first.path("transports").toString()).isEqualTo("[\"hybrid\",\"internal\"]");
		assertThat(first.path("synced").asBoolean()).isFalse();
		assertThat(node.call("PATCH", "/auth/passkeys/" + user.id(), token, Map.of("name", "Grüne Uhr")).text("name"))
			.isEqualTo("Grüne Uhr");
		user.login(node);
		assertThat(node.get("/auth/passkeys", token).json().get(0).path("last_used_at").asString())
			.isEqualTo(node.clock().instant().toString());
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), token, null).status()).isEqualTo(204);
		assertThat(node.get("/auth/passkeys", token).json().size()).isZero();
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  ", "a\nb", "x\u202Ey",
			"12345678901234567890123456789012345678901234567890123456789012345" })
	void nameWhenItCannotBeShownThenBadRequest(String name) {
		String username = "namer" + Integer.toHexString(name.hashCode());
		PasskeyUser user = PasskeyUser.make(node, username);
		Answer answer = node.call("PATCH", "/auth/passkeys/" + user.id(), token(username), Map.of("name", name));
		assertThat(answer.code()).isEqualTo("bad_request");
		assertThat(answer.text("detail")).startsWith("Member \"name\"");
	}

	@Test
	void passkeyWhenRemovedThenTheSessionsItOpenedEndAndOthersStay() {
		PasskeyUser user = PasskeyUser.make(node, "remover");
		Answer opened = user.login(node);
		Answer password = node.login("remover");
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), password.text("access_token"), null).status())
			.isEqualTo(204);
		assertThat(node.get("/auth/me", opened.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.refresh(opened.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		assertThat(node.get("/auth/me", password.text("access_token")).status()).isEqualTo(200);
	}

	@Test
	void passkeyWhenRemovedByTheSessionItOpenedThenThatSessionStays() {
		PasskeyUser user = PasskeyUser.make(node, "self-remover");
		Answer other = user.login(node);
		Answer own = user.login(node);
		assertThat(node.call("DELETE", "/auth/passkeys/" + user.id(), own.text("access_token"), null).status())
			.isEqualTo(204);
		assertThat(node.get("/auth/me", own.text("access_token")).status()).isEqualTo(200);
		assertThat(node.get("/auth/me", other.text("access_token")).code()).isEqualTo("revoked");
	}

	@Test
	void passkeysWhenThereAreAsManyAsThereMayBeThenNoMore() {
		node.makeUser("hoarder");
		String token = token("hoarder");
		JsonNode early = PasskeyUser.registrationOptions(node, token);
		for (int i = 0; i < 3; i++) {
			assertThat(PasskeyUser.register(node, token, new SoftwareAuthenticator()).status()).isEqualTo(201);
		}
		assertThat(node.call("POST", "/auth/passkeys/options", token, Map.of()).code()).isEqualTo("too_many_passkeys");
		assertThat(PasskeyUser.finish(node, token, new SoftwareAuthenticator().create(early, ORIGIN)).code())
			.isEqualTo("too_many_passkeys");
	}

	@Test
	void accountWhenMadeWithoutAPasswordThenIsOpenedByNone() {
		Map<String, Object> body = new HashMap<>(Map.of("username", "keyless", "roles", List.of()));
		body.put("password", null);
		assertThat(node.call("POST", "/admin/accounts", node.admin(), body).status()).isEqualTo(201);
		assertThat(node.login("keyless", HttpNode.PASSWORD).code()).isEqualTo("bad_credentials");
		assertThat(node.login("keyless", "").code()).isEqualTo("bad_credentials");
		assertThat(node.call("PATCH", "/admin/accounts/keyless", node.admin(), Map.of("password", HttpNode.PASSWORD))
			.status()).isEqualTo(200);
		assertThat(node.login("keyless").status()).isEqualTo(200);
		body.remove("password");
		assertThat(node.call("POST", "/admin/accounts", node.admin(), body).text("detail"))
			.isEqualTo("Member \"password\" is missing.");
	}

	@Test
	void administratorWhenAsksThenListsAndRemovesPasskeysOfOthers() {
		PasskeyUser user = PasskeyUser.make(node, "lost-phone");
		Answer thief = user.login(node);
		String path = "/admin/accounts/LOST-phone/passkeys";
		assertThat(node.get(path, token("lost-phone")).code()).isEqualTo("forbidden");
		assertThat(node.get(path, node.admin()).json().get(0).path("passkey_id").asString()).isEqualTo(user.id());
		assertThat(node.call("DELETE", path + "/" + user.id(), token("lost-phone"), null).code())
			.isEqualTo("forbidden");
		assertThat(node.call("DELETE", path + "/" + user.id(), node.admin(), null).status()).isEqualTo(204);
		assertThat(node.get("/auth/me", thief.text("access_token")).code()).isEqualTo("revoked");
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
		assertThat(node.call("DELETE", path + "/" + user.id(), node.admin(), null).code()).isEqualTo("not_found");
		assertThat(node.get("/admin/accounts/nobody/passkeys", node.admin()).code()).isEqualTo("not_found");
	}

	@Test
	void passkeysWhenOfAnAccountOfTheDemoThenAreGoneWhereTheProfileIsOff() {
		PasskeyUser user = PasskeyUser.make(node, "of-the-demo");
		PasskeyUser other = PasskeyUser.make(node, "of-nobody");
		JdbcClient jdbc = node.bean(JdbcClient.class);
		jdbc.sql("UPDATE accounts SET demo = TRUE WHERE username = 'of-the-demo'").update();
		node.bean(DemoPasskeyRemoval.class).afterPropertiesSet();
		jdbc.sql("UPDATE accounts SET demo = FALSE WHERE username = 'of-the-demo'").update();
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
		assertThat(other.login(node).status()).isEqualTo(200);
	}

}
