package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Verifications as they are counted. */
class TokenTallyTests {

	@TempDir
	private Path folder;

	private TokenFixture fixture;

	@BeforeEach
	void open() {
		this.fixture = TokenFixture.inMemory(this.folder);
	}

	@AfterEach
	void close() {
		this.fixture.close();
	}

	private long count(String issuer, String result) {
		Map<String, LongAdder> results = this.fixture.verifier.tally().counts().get(issuer);
		return results.get(result).sum();
	}

	@Test
	void tokenWhenVerifiedThenCountsByWhatCameOfIt() {
		String token = this.fixture.sign(this.fixture.own());
		this.fixture.verified(token);
		this.fixture.verified(token);
		this.fixture.refusal(this.fixture.sign(this.fixture.own().claim("aud", "somebody")));
		this.fixture.clock.advance(Duration.ofMinutes(10));
		this.fixture.refusal(token);
		assertThat(count("usher", "good")).isEqualTo(2);
		assertThat(count("usher", "audience")).isOne();
		assertThat(count("usher", "token_expired")).isOne();
	}

	@Test
	void tokenWhenItIsOnlyAskedAboutThenIsNotCountedWhetherBoundToAKeyOrNot() {
		String bound = this.fixture.minter.mint("alice", Set.of("user"), "a-session", "a".repeat(43)).value();
		for (String token : List.of(this.fixture.mint().value(), bound)) {
			assertThat(this.fixture.verifier.examine(token).toCompletableFuture().join().name()).isEqualTo("alice");
		}
		assertThat(this.fixture.verifier.examine(bound + "x").toCompletableFuture()).isCompletedExceptionally();
		assertThat(this.fixture.verifier.tally().counts().values()).allSatisfy(
				(results) -> assertThat(results.values()).allSatisfy((count) -> assertThat(count.sum()).isZero()));
	}

	@Test
	void tokenWhenItsIssuerIsNotTrustedThenCountsAsUnknown() {
		int before = this.fixture.verifier.tally().counts().size();
		for (int i = 0; i < 10; i++) {
			this.fixture.refusal(this.fixture.sign(this.fixture.own().claim("iss", "https://stranger.example/" + i)));
		}
		this.fixture.refusal("no token");
		assertThat(count(TokenTally.NOBODY, "issuer")).isEqualTo(10);
		assertThat(count(TokenTally.NOBODY, "malformed")).isOne();
		assertThat(this.fixture.verifier.tally().counts()).hasSize(before);
	}

}
