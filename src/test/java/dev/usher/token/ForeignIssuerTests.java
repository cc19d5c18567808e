package dev.usher.token;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.usher.access.Caller;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.testing.TestIssuer;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Issuers on real HTTP servers: whose keys we fetch when, and what they can give. */
@Timeout(60)
class ForeignIssuerTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private final TestIssuer idp = new TestIssuer();

	@TempDir
	Path folder;

	private TokenFixture tokens;

	@BeforeEach
	void setUp() {
		this.tokens = trusting(jwkSet(null, ""));
	}

	@AfterEach
	void tearDown() {
		this.tokens.close();
		this.idp.close();
	}

	private TokenFixture trusting(ForeignIssuer... issuers) {
		if (this.tokens != null) {
			this.tokens.close();
		}
		this.tokens = TokenFixture.inMemory(this.folder, issuers);
		return this.tokens;
	}

	private ForeignIssuer jwkSet(@Nullable String algorithm, String prefix) {
		return TokenFixture.issuer(this.idp.issuer(), TestIssuer.AUDIENCE, this.idp.jwkSetUri(), false, null, algorithm,
				Set.of("user"), prefix, DpopUse.OPTIONAL);
	}

	private ForeignIssuer discovery() {
		return TokenFixture.issuer(this.idp.issuer(), TestIssuer.AUDIENCE, null, true, null, null, Set.of("user"), "",
				DpopUse.OPTIONAL);
	}

	private static ForeignIssuer secret(Set<String> roles) {
		return TokenFixture.issuer("partner", "gateway", null, false, SECRET, null, roles, "", DpopUse.OPTIONAL);
	}

	private String token() {
		return this.idp.sign(this.idp.token(this.tokens.clock));
	}

	private String partner(@Nullable Object roles) {
		return TestTokens.valid("partner", "gateway", this.tokens.clock)
			.claim("roles", roles)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void keysAreNotYetFetchedThenCallerWaitsOnlyOnce() {
		CompletionStage<Caller> answer = this.tokens.verifier.verify(token());
		assertThat(TokenFixture.await(answer).name()).isEqualTo("alice");
		assertThat(this.tokens.verifier.verify(token()).toCompletableFuture()).isDone();
		assertThat(this.idp.requests()).isOne();
	}

	@Test
	void verifiedThenTokenSaysWhoAndHowLong() {
		Caller caller = this.tokens.verified(this.idp.sign(this.idp.token(this.tokens.clock)
			.claim("sub", "auth0|5f7c")
			.claim("subscribe", List.of("/topic/room.*", "/topic/room/**"))
			.claim("publish", List.of("/user/bob/queue/a"))));
		assertThat(caller.name()).isEqualTo("auth0|5f7c");
		assertThat(caller.roles()).containsExactly("user");
		assertThat(caller.issuer()).isEqualTo(this.idp.issuer());
		assertThat(caller.sessionId()).isNull();
		assertThat(caller.tokenId()).isEqualTo("a-jti");
		assertThat(caller.expiresAt()).isEqualTo(this.tokens.clock.instant().plusSeconds(300));
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/room/1", "x"))).isTrue();
		assertThat(caller.permissions().mayPublish(Destination.forPublish("/user/bob/queue/a"))).isTrue();
		assertThat(caller.permissions().mayPublish(Destination.forPublish("/user/bob/queue/b"))).isFalse();
	}

	@Test
	void optionalClaimsAreMissingThenStillAccepted() {
		Caller caller = this.tokens
			.verified(this.idp.sign(this.idp.token(this.tokens.clock).claim("iat", null).claim("jti", null)));
		assertThat(caller.issuedAt()).isNull();
		assertThat(caller.tokenId()).isNull();
	}

	@Test
	void expiredThenSaysSo() {
		String token = token();
		this.tokens.verified(token);
		this.tokens.clock.advance(Duration.ofSeconds(300));
		assertThat(this.tokens.refusal(token)).isEqualTo(Reason.TOKEN_EXPIRED);
	}

	@Test
	void rolesAreGivenInManyFormsThenOnlyAllowedOnesCount() {
		trusting(secret(Set.of("user", "editor")));
		assertThat(this.tokens.verified(partner(null)).roles()).containsExactly("user");
		assertThat(this.tokens.verified(partner(List.of())).roles()).isEmpty();
		assertThat(this.tokens.verified(partner("")).roles()).isEmpty();
		assertThat(this.tokens.verified(partner(List.of("editor", "admin", "editor"))).roles())
			.containsExactly("editor");
		assertThat(this.tokens.verified(partner(" editor  user admin ")).roles()).containsExactlyInAnyOrder("editor",
				"user");
		trusting(secret(Set.of("editor")));
		assertThat(this.tokens.verified(partner(null)).roles()).isEmpty();
	}

	@Test
	void prefixIsSetThenItStandsInFrontOfEveryName() {
		trusting(jwkSet(null, "idp/"));
		assertThat(this.tokens.verified(token()).name()).isEqualTo("idp/alice");
		String longest = this.idp.sign(this.idp.token(this.tokens.clock).claim("sub", "a".repeat(252)));
		assertThat(this.tokens.refusal(longest)).isEqualTo(Reason.UNAUTHORIZED);
	}

	@Test
	void issuerRotatesThenNewKeyIsFetchedForItsFirstToken() {
		this.tokens.issuers.start();
		this.tokens.verified(token());
		String old = token();
		this.idp.rotate("second");
		assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
		assertThat(this.idp.requests()).isEqualTo(2);
		assertThat(this.tokens.refusal(old)).as("it may be asked again later").isEqualTo(Reason.ISSUER_UNAVAILABLE);
		this.tokens.clock.advance(RemoteKeys.ON_DEMAND);
		assertThat(this.tokens.refusal(old)).isEqualTo(Reason.UNAUTHORIZED);
	}

	@Test
	void unknownKidsKeepComingThenAskedOnceAMinute() {
		this.tokens.verified(token());
		String invented = this.idp.sign(this.idp.token(this.tokens.clock).header("kid", "invented"));
		for (int i = 0; i < 20; i++) {
			assertThat(this.tokens.refusal(invented)).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		}
		int asked = this.idp.requests();
		this.tokens.clock.advance(RemoteKeys.ON_DEMAND.minusMillis(1));
		assertThat(this.tokens.refusal(invented)).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		assertThat(this.idp.requests()).isEqualTo(asked).isLessThanOrEqualTo(2);
		this.tokens.clock.advance(Duration.ofMillis(1));
		assertThat(this.tokens.refusal(invented)).isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.tokens.refusal(invented)).as("older than the keys").isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.idp.requests()).isEqualTo(asked + 1);
	}

	@Test
	void issuerIsSlowThenOthersDoNotWaitAndAllShareOneRequest() throws Exception {
		trusting(jwkSet(null, ""), secret(Set.of("user")));
		String token = token();
		this.idp.hold();
		List<CompletionStage<Caller>> waiting = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			waiting.add(this.tokens.verifier.verify(token));
		}
		assertThat(this.idp.awaitRequest()).isEqualTo("/jwks");
		assertThat(waiting).allSatisfy((each) -> assertThat(each.toCompletableFuture()).isNotDone());
		assertThat(this.tokens.verifier.verify(partner(null)).toCompletableFuture()).isCompleted();
		assertThat(this.tokens.verifier.verify(this.tokens.mint().value()).toCompletableFuture()).isCompleted();
		this.idp.release();
		assertThat(waiting).allSatisfy((each) -> assertThat(TokenFixture.await(each).name()).isEqualTo("alice"));
		assertThat(this.idp.requests()).isOne();
	}

	@Test
	void tooManyWaitThenTheRestAreRefusedAtOnce() throws Exception {
		this.idp.hold();
		String token = token();
		List<CompletionStage<Caller>> waiting = new ArrayList<>();
		for (int i = 0; i < Reload.MAX_WAITING; i++) {
			waiting.add(this.tokens.verifier.verify(token));
		}
		assertThat(this.tokens.verifier.verify(token).toCompletableFuture()).isCompletedExceptionally();
		this.idp.release();
		assertThat(waiting).allSatisfy((each) -> assertThat(TokenFixture.await(each).name()).isEqualTo("alice"));
	}

	@Test
	void issuerIsDownFromTheStartThenRefusedUntilItIsBack() {
		this.idp.answerWith(503);
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		this.idp.answerWith(200);
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		this.tokens.clock.advance(RemoteKeys.ON_DEMAND);
		assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
	}

	@Test
	void issuerGoesDownThenItsKeysServeForHoursButNotForever() {
		this.tokens.verified(token());
		this.idp.close();
		this.tokens.clock.advance(RemoteKeys.STALE.minusMillis(1));
		assertThat(this.tokens.refusal(this.idp.sign(this.idp.token(this.tokens.clock).header("kid", "new"))))
			.isEqualTo(Reason.ISSUER_UNAVAILABLE);
		assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
		this.tokens.clock.advance(Duration.ofMillis(1));
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
	}

	@Test
	void fiveMinutesPassThenKeysAreFetchedInTheBackground() throws Exception {
		this.tokens.issuers.start();
		this.tokens.verified(token());
		assertThat(this.idp.awaitRequest()).isEqualTo("/jwks");
		this.tokens.clock.advance(RemoteKeys.FRESH);
		assertThat(this.idp.awaitRequest()).isEqualTo("/jwks");
	}

	@Test
	void answerIsNoJwkSetThenRefusedAndOldKeysKept() {
		this.tokens.verified(token());
		String huge = "{\"keys\":[],\"filler\":\"" + "a".repeat(BoundedBody.MAX) + "\"}";
		for (String body : List.of("", "{}", "[]", "{\"keys\":7}", "<html>", "[".repeat(50_000), huge)) {
			this.idp.serveJwkSet(body);
			this.tokens.clock.advance(RemoteKeys.ON_DEMAND);
			int before = this.idp.requests();
			assertThat(this.tokens.refusal(this.idp.sign(this.idp.token(this.tokens.clock).header("kid", "new"))))
				.isEqualTo(Reason.ISSUER_UNAVAILABLE);
			assertThat(this.idp.requests()).isEqualTo(before + 1);
			assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
		}
	}

	@Test
	void issuerRedirectsThenNotFollowed() {
		this.idp.answerWith(302);
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		assertThat(this.idp.requests()).isOne();
	}

	@Test
	void keyIsWeakOrNotForSigningThenNotUsed() {
		KeyPair weak = TestTokens.rsa(1024);
		KeyPair strong = TestTokens.rsa(2048);
		java.security.interfaces.RSAPublicKey weakKey = (java.security.interfaces.RSAPublicKey) weak.getPublic();
		java.security.interfaces.RSAPublicKey strongKey = (java.security.interfaces.RSAPublicKey) strong.getPublic();
		this.idp.serveJwkSet(new JWKSet(List.of(new RSAKey.Builder(weakKey).keyID("weak").build(),
				new RSAKey.Builder(strongKey).keyID("enc").keyUse(KeyUse.ENCRYPTION).build(),
				new RSAKey.Builder(strongKey).keyID("ps").algorithm(com.nimbusds.jose.JWSAlgorithm.PS256).build(),
				new RSAKey.Builder(strongKey).keyID("good").build()))
			.toString()
			.replace("\"keys\":[", "\"keys\":[{\"kty\":\"new\"},7,{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"oct\"},"));
		TestTokens token = this.idp.token(this.tokens.clock)
			.claim("iat", this.tokens.clock.instant().minusSeconds(60).getEpochSecond());
		assertThat(this.tokens.verified(token.header("kid", "good").sign(strong.getPrivate())).name())
			.isEqualTo("alice");
		assertThat(this.tokens.refusal(token.header("kid", "enc").sign(strong.getPrivate())))
			.isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.tokens.refusal(token.header("kid", "ps").sign(strong.getPrivate())))
			.isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.tokens.refusal(token.header("kid", "weak").sign(weak.getPrivate())))
			.isEqualTo(Reason.UNAUTHORIZED);
		assertThat(this.tokens.verified(token.header("kid", null).sign(strong.getPrivate())).name())
			.as("the one usable key serves tokens without kid")
			.isEqualTo("alice");
	}

	@Test
	void algorithmIsEllipticThenItsKeysAreUsed() {
		trusting(jwkSet("ES256", ""));
		KeyPair keys = TestTokens.keyPair("EC", 256);
		this.idp
			.serveJwkSet(new JWKSet(new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic()).keyID("ec").build())
				.toString());
		TestTokens token = this.idp.token(this.tokens.clock).header("kid", "ec").header("alg", "ES256");
		assertThat(this.tokens.verified(token.sign(keys.getPrivate())).name()).isEqualTo("alice");
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.UNAUTHORIZED);
		String zeros = token.unsigned() + "." + TestTokens.encode(new byte[64]);
		assertThat(this.tokens.refusal(zeros)).isEqualTo(Reason.UNAUTHORIZED);
	}

	@Test
	void discoveryIsOnThenKeysAreWhereItSays() throws Exception {
		trusting(discovery());
		assertThat(this.tokens.verified(token()).name()).isEqualTo("alice");
		assertThat(this.idp.awaitRequest()).isEqualTo("/.well-known/openid-configuration");
		assertThat(this.idp.awaitRequest()).isEqualTo("/jwks");
	}

	@Test
	void discoveryNamesAnotherIssuerOrNoUrlThenNothingIsFetched() {
		trusting(discovery());
		String jwks = this.idp.jwkSetUri().toString();
		List<String[]> documents = List.of(new String[] { this.idp.issuer() + "/", jwks },
				new String[] { "https://another.example", jwks },
				new String[] { this.idp.issuer(), "file:///etc/passwd" },
				new String[] { this.idp.issuer(), "not a url" }, new String[] { this.idp.issuer(), "/jwks" });
		for (String[] document : documents) {
			this.idp.serveDiscovery(document[0], document[1]);
			this.tokens.clock.advance(RemoteKeys.ON_DEMAND);
			assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		}
		assertThat(this.idp.requests()).isZero();
	}

	@Test
	void issuerIsUnreachableThenStartDoesNotWait() {
		TokenFixture started = trusting(TokenFixture.issuer("https://idp.example", "gateway",
				URI.create("http://localhost:1/jwks"), false, null, null, Set.of("user"), "", DpopUse.OPTIONAL));
		started.issuers.start();
		assertThat(started.verified(started.mint().value()).name()).isEqualTo("alice");
	}

	@Test
	void gatewayGoesDownThenNobodyWaitsForever() {
		this.idp.hold();
		CompletionStage<Caller> answer = this.tokens.verifier.verify(token());
		this.tokens.issuers.close();
		assertThat(TokenFixture.refusal(answer)).isEqualTo(Reason.ISSUER_UNAVAILABLE);
		assertThat(this.tokens.refusal(token())).isEqualTo(Reason.ISSUER_UNAVAILABLE);
	}

}
