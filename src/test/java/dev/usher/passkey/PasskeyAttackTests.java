package dev.usher.passkey;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.SoftwareAuthenticator;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What somebody does who has not the passkey, or has only a part of what it takes. */
@ParameterizedClass
@EnumSource(Store.class)
class PasskeyAttackTests {

	private static final String ORIGIN = PasskeyUser.ORIGIN;

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.webauthn.rp-id=example.org", "usher.webauthn.origins=" + ORIGIN,
				"usher.login.address-attempts=100000");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	PasskeyAttackTests(Store store) {
		assertThat(store).isNotNull();
	}

	private static String token(String username) {
		return node.login(username).text("access_token");
	}

	/** Logs in with something spoiled, and then without. */
	private static void assertRefused(String username, Consumer<SoftwareAuthenticator> spoil,
			Consumer<SoftwareAuthenticator> mend) {
		PasskeyUser user = PasskeyUser.make(node, username);
		spoil.accept(user.authenticator());
		Answer refused = user.login(node);
		assertThat(refused.code()).isEqualTo("bad_credentials");
		assertThat(refused.text("detail")).isEqualTo("The passkey is not accepted.");
		mend.accept(user.authenticator());
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	@Test
	void assertionWhenReplayedThenRefused() {
		PasskeyUser user = PasskeyUser.make(node, "replayed");
		Map<String, Object> assertion = user.authenticator().sign(PasskeyUser.loginOptions(node), ORIGIN);
		assertThat(PasskeyUser.show(node, assertion).status()).isEqualTo(200);
		assertThat(PasskeyUser.show(node, assertion).code()).isEqualTo("bad_credentials");
	}

	/** Nothing but the challenge tells the second from the first. */
	@Test
	void assertionWhenReplayedOfAPasskeyThatDoesNotCountThenRefused() {
		node.makeUser("replayed-uncounted");
		PasskeyUser user = PasskeyUser.withPasskey(node, "replayed-uncounted",
				new SoftwareAuthenticator().withoutCounter());
		Map<String, Object> assertion = user.authenticator().sign(PasskeyUser.loginOptions(node), ORIGIN);
		assertThat(PasskeyUser.show(node, assertion).status()).isEqualTo(200);
		assertThat(PasskeyUser.show(node, assertion).code()).isEqualTo("bad_credentials");
	}

	@Test
	void assertionWhenMadeForAnotherOriginThenRefused() {
		PasskeyUser user = PasskeyUser.make(node, "phished");
		for (String origin : new String[] { "https://evil.example.org", "https://app.example.org.evil.example",
				"http://app.example.org", "https://app.example.org:8443", "null" }) {
			assertThat(PasskeyUser.show(node, user.authenticator().sign(PasskeyUser.loginOptions(node), origin)).code())
				.as(origin)
				.isEqualTo("bad_credentials");
		}
		assertThat(user.login(node).status()).isEqualTo(200);
	}

	@Test
	void assertionWhenMadeForAnotherRelyingPartyThenRefused() {
		assertRefused("other-rp", (spoiled) -> spoiled.rpId("evil.example"), (mended) -> mended.rpId("example.org"));
	}

	@Test
	void assertionWhenMadeInAFrameOfAnotherSiteThenRefused() {
		PasskeyUser user = PasskeyUser.make(node, "framed");
		assertThat(new PasskeyUser("framed", user.authenticator().crossOrigin(), user.id()).login(node).code())
			.isEqualTo("bad_credentials");
	}

	@Test
	void assertionWhenTheCounterWentBackThenRefused() {
		assertRefused("cloned", (spoiled) -> spoiled.count(0), (mended) -> mended.count(100));
	}

	@Test
	void assertionWhenTheUserWasNotVerifiedThenRefused() {
		assertRefused("unverified", (spoiled) -> spoiled.flags(SoftwareAuthenticator.PRESENT),
				(mended) -> mended.flags(SoftwareAuthenticator.VERIFIED));
	}

	@Test
	void assertionWhenNobodyWasPresentThenRefused() {
		assertRefused("absent", (spoiled) -> spoiled.flags(0x04),
				(mended) -> mended.flags(SoftwareAuthenticator.VERIFIED));
	}

	@Test
	void assertionWhenItIsARegistrationByItsTypeThenRefused() {
		assertRefused("typed", (spoiled) -> spoiled.type("webauthn.create"), (mended) -> mended.type("webauthn.get"));
	}

	@Test
	void assertionWhenSignedByAnotherKeyThenRefused() {
		PasskeyUser victim = PasskeyUser.make(node, "victim");
		SoftwareAuthenticator forger = new SoftwareAuthenticator().id(victim.authenticator().id())
			.handle(victim.authenticator().handle())
			.count(50);
		assertThat(PasskeyUser.show(node, forger.sign(PasskeyUser.loginOptions(node), ORIGIN)).code())
			.isEqualTo("bad_credentials");
		assertThat(victim.login(node).status()).isEqualTo(200);
	}

	/** A good passkey of one's own, with the handle of another. */
	@Test
	void assertionWhenItNamesAnotherUserThenRefused() {
		PasskeyUser victim = PasskeyUser.make(node, "named");
		PasskeyUser user = PasskeyUser.make(node, "namer");
		byte[] own = user.authenticator().handle();
		user.authenticator().handle(victim.authenticator().handle());
		assertThat(user.login(node).code()).isEqualTo("bad_credentials");
		user.authenticator().handle(own);
		assertThat(node.get("/auth/me", user.login(node).text("access_token")).text("username")).isEqualTo("namer");
	}

	@Test
	void assertionWhenItsCredentialIsUnknownThenAnswersAsAWrongOne() {
		PasskeyUser user = PasskeyUser.make(node, "known");
		SoftwareAuthenticator stranger = new SoftwareAuthenticator().handle(user.authenticator().handle());
		Answer unknown = PasskeyUser.show(node, stranger.sign(PasskeyUser.loginOptions(node), ORIGIN));
		Answer wrong = PasskeyUser.show(node,
				stranger.id(user.authenticator().id()).count(9).sign(PasskeyUser.loginOptions(node), ORIGIN));
		assertThat(unknown.code()).isEqualTo("bad_credentials");
		assertThat(unknown.response().body()).isEqualTo(wrong.response().body());
	}

	@Test
	void challengeWhenItIsOneOfARegistrationThenOpensNothing() {
		PasskeyUser user = PasskeyUser.make(node, "crossed");
		ObjectNode options = (ObjectNode) PasskeyUser.loginOptions(node);
		options.set("challenge", PasskeyUser.registrationOptions(node, token("crossed")).path("challenge"));
		assertThat(PasskeyUser.show(node, user.authenticator().sign(options, ORIGIN)).code())
			.isEqualTo("bad_credentials");
	}

	@Test
	void challengeWhenMadeUpOrChangedThenOpensNothing() {
		PasskeyUser user = PasskeyUser.make(node, "inventor");
		ObjectNode options = (ObjectNode) PasskeyUser.loginOptions(node);
		String good = options.path("challenge").asString();
		// The time it ends stands in front.
		for (String bad : new String[] { "", "AAAA", "A".repeat(100), "f" + good.substring(1), good.substring(2),
				good + "AAAA" }) {
			options.put("challenge", bad);
			assertThat(PasskeyUser.show(node, user.authenticator().sign(options, ORIGIN)).code()).as(bad)
				.isEqualTo("bad_credentials");
		}
	}

	@Test
	void challengeWhenItIsTooOldThenOpensAndRegistersNothing() {
		PasskeyUser user = PasskeyUser.make(node, "late");
		String token = token("late");
		JsonNode login = PasskeyUser.loginOptions(node);
		JsonNode registration = PasskeyUser.registrationOptions(node, token);
		node.clock().advance(Duration.ofMinutes(5).minusMillis(1500));
		try {
			assertThat(PasskeyUser.show(node, user.authenticator().sign(login, ORIGIN)).status()).isEqualTo(200);
			login = PasskeyUser.loginOptions(node);
			node.clock().advance(Duration.ofMillis(1500));
			assertThat(PasskeyUser.finish(node, token, new SoftwareAuthenticator().create(registration, ORIGIN)).code())
				.isIn("bad_passkey", "login_too_old");
			node.clock().advance(Duration.ofMinutes(5));
			assertThat(PasskeyUser.show(node, user.authenticator().sign(login, ORIGIN)).code())
				.isEqualTo("bad_credentials");
		}
		finally {
			node.clock().advance(Duration.ofMinutes(-10));
		}
	}

	@Test
	void passkeyWhenGuessedThenIsHeldUp() {
		PasskeyUser user = PasskeyUser.make(node, "guessed");
		SoftwareAuthenticator forger = new SoftwareAuthenticator().id(user.authenticator().id())
			.handle(user.authenticator().handle())
			.count(1000);
		for (int i = 0; i < 10; i++) {
			assertThat(PasskeyUser.show(node, forger.sign(PasskeyUser.loginOptions(node), ORIGIN)).code())
				.isEqualTo("bad_credentials");
		}
		Answer held = PasskeyUser.show(node, forger.sign(PasskeyUser.loginOptions(node), ORIGIN));
		assertThat(held.code()).isEqualTo("too_many_attempts");
		assertThat(held.header("Retry-After")).isNotEmpty();
	}

	/** Bytes from strangers are no errors of ours. */
	@Test
	void assertionWhenItsBytesAreBrokenThenIsRefusedAndNoError() {
		for (String member : new String[] { "authenticatorData", "signature", "clientDataJSON", "userHandle" }) {
			PasskeyUser user = PasskeyUser.make(node, "broken-" + member);
			Map<String, Object> good = user.authenticator().sign(PasskeyUser.loginOptions(node), ORIGIN);
			for (String bytes : new String[] { "", "AA", "A".repeat(100), "e30" }) {
				assertThat(PasskeyUser.show(node, PasskeyUser.spoiled(good, member, bytes)).code())
					.as(member + " " + bytes)
					.isEqualTo("bad_credentials");
			}
			assertThat(user.login(node).status()).isEqualTo(200);
		}
	}

}
