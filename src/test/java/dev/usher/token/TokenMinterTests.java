package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a stranger who knows only the JWK set and RFC 9068 sees of our tokens. */
class TokenMinterTests {

	@Test
	void mintedThenAnRfc9068TokenThatTheJwkSetVerifies(@TempDir Path folder) throws Exception {
		try (TokenFixture tokens = TokenFixture.inMemory(folder)) {
			tokens.clock.advance(Duration.ofMillis(400));
			AccessToken token = tokens.minter.mint("alice", Set.of("user", "admin"), "session-1", null);
			JWSObject jws = JWSObject.parse(token.value());
			Map<String, Object> header = jws.getHeader().toJSONObject();
			assertThat(header).containsOnlyKeys("typ", "alg", "kid")
				.containsEntry("typ", "at+jwt")
				.containsEntry("alg", "RS256");
			JWKSet published = JWKSet.parse(tokens.keys.jwkSet());
			assertThat(jws.verify(new RSASSAVerifier(published.getKeyByKeyId(jws.getHeader().getKeyID()).toRSAKey())))
				.isTrue();
			long now = tokens.clock.instant().getEpochSecond();
			assertThat(jws.getPayload().toJSONObject())
				.containsOnlyKeys("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "roles")
				.containsEntry("iss", "usher")
				.containsEntry("sub", "alice")
				.containsEntry("aud", "usher")
				.containsEntry("exp", now + 900)
				.containsEntry("iat", now)
				.containsEntry("sid", "session-1")
				.containsEntry("roles", List.of("admin", "user"));
			assertThat(token.expiresAt().getEpochSecond()).isEqualTo(now + 900);
		}
	}

	@Test
	void mintedTwiceThenEachHasItsOwnId(@TempDir Path folder) {
		try (TokenFixture tokens = TokenFixture.inMemory(folder)) {
			assertThat(tokens.verified(tokens.mint().value()).tokenId())
				.isNotEqualTo(tokens.verified(tokens.mint().value()).tokenId());
		}
	}

}
