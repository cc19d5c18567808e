package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What our own tokens make of their bearer, and when they end. */
class TokenVerifierTests {

	private TokenFixture tokens;

	@BeforeEach
	void setUp(@TempDir Path folder) {
		this.tokens = TokenFixture.inMemory(folder);
	}

	@AfterEach
	void tearDown() {
		this.tokens.close();
	}

	@Test
	void mintedWhenVerifiedThenEverythingOfItIsThere() {
		AccessToken token = this.tokens.minter.mint("alice", Set.of("user", "editor"), "session-1", null);
		Caller caller = this.tokens.verified(token.value());
		assertThat(caller.name()).isEqualTo("alice");
		assertThat(caller.roles()).containsExactlyInAnyOrder("user", "editor");
		assertThat(caller.issuer()).isEqualTo("usher");
		assertThat(caller.sessionId()).isEqualTo("session-1");
		assertThat(caller.tokenId()).isNotBlank();
		assertThat(caller.issuedAt()).isEqualTo(this.tokens.clock.instant());
		assertThat(caller.expiresAt()).isEqualTo(token.expiresAt())
			.isEqualTo(this.tokens.clock.instant().plus(Duration.ofMinutes(15)));
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/news", "alice"))).isTrue();
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/secret", "alice"))).isFalse();
	}

	@Test
	void keyIsKnownWhenVerifiedThenAnswerIsAlreadyThere() {
		CompletionStage<Caller> answer = this.tokens.verifier.verify(this.tokens.mint().value());
		assertThat(answer.toCompletableFuture()).isDone();
	}

	@Test
	void expIsReachedWhenVerifiedThenExpiredToTheMillisecond() {
		AccessToken token = this.tokens.mint();
		this.tokens.clock.set(token.expiresAt().minusMillis(1));
		assertThat(this.tokens.verified(token.value()).name()).isEqualTo("alice");
		this.tokens.clock.set(token.expiresAt());
		assertThat(this.tokens.refusal(token.value())).isEqualTo(Reason.TOKEN_EXPIRED);
	}

	@Test
	void expHasFractionWhenVerifiedThenExact() {
		Instant exp = this.tokens.clock.instant().plusMillis(1500);
		String token = this.tokens.sign(this.tokens.own().claim("exp", exp.toEpochMilli() / 1000.0));
		this.tokens.clock.set(exp.minusMillis(1));
		assertThat(this.tokens.verified(token).expiresAt()).isEqualTo(exp);
		this.tokens.clock.set(exp);
		assertThat(this.tokens.refusal(token)).isEqualTo(Reason.TOKEN_EXPIRED);
	}

	@Test
	void expiredButForgedWhenVerifiedThenSaysOnlyUnauthorized() {
		String token = this.tokens.mint().value();
		this.tokens.clock.advance(Duration.ofHours(1));
		String forged = token.substring(0, token.lastIndexOf('.') + 1) + "AAAA";
		assertThat(this.tokens.refusal(forged)).isEqualTo(Reason.UNAUTHORIZED);
	}

	@Test
	void nbfAndIatAreAheadWhenVerifiedThenLeewayDecides() {
		long now = this.tokens.clock.instant().getEpochSecond();
		for (String claim : List.of("nbf", "iat")) {
			assertThat(this.tokens.verified(this.tokens.sign(this.tokens.own().claim(claim, now + 30))).name())
				.isEqualTo("alice");
			assertThat(this.tokens.refusal(this.tokens.sign(this.tokens.own().claim(claim, now + 31))))
				.isEqualTo(Reason.UNAUTHORIZED);
		}
	}

	@Test
	void audienceIsListWhenOursIsInItThenAccepted() {
		String token = this.tokens.sign(this.tokens.own().claim("aud", List.of("other", "usher")));
		assertThat(this.tokens.verified(token).name()).isEqualTo("alice");
	}

	@Test
	void grantsArePresentWhenVerifiedThenHonoured() {
		String token = this.tokens.sign(this.tokens.own().claim("subscribe", List.of("/topic/room.1", "no pattern")));
		Caller caller = this.tokens.verified(token);
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/room.1", "alice"))).isTrue();
		assertThat(caller.permissions().maySubscribe(Destination.forSubscribe("/topic/room.2", "alice"))).isFalse();
	}

	@Test
	void sessionIsRevokedWhenVerifiedThenRevoked() {
		AccessToken token = this.tokens.mint();
		Caller caller = this.tokens.verified(token.value());
		this.tokens.revocations.revokeSession("a-session", "alice");
		assertThat(this.tokens.refusal(token.value())).isEqualTo(Reason.REVOKED);
		assertThat(this.tokens.revocations.isRevoked(caller)).isTrue();
		AccessToken other = this.tokens.minter.mint("alice", Set.of("user"), "another-session", null);
		assertThat(this.tokens.verified(other.value()).name()).isEqualTo("alice");
	}

	@Test
	void expiredAndRevokedWhenVerifiedThenExpired() {
		AccessToken token = this.tokens.mint();
		this.tokens.revocations.revokeSession("a-session", "alice");
		this.tokens.clock.set(token.expiresAt());
		assertThat(this.tokens.refusal(token.value())).isEqualTo(Reason.TOKEN_EXPIRED);
	}

	@Test
	void tokenIsPrintedThenItsTextIsNot() {
		AccessToken token = this.tokens.mint();
		assertThat(token.toString()).doesNotContain(token.value());
	}

}
