package dev.usher.token;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import dev.usher.access.AccessProperties;
import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.testing.MutableClock;
import dev.usher.token.Revocation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What every database must do for revocations. */
abstract class RevocationsContract {

	private final MutableClock clock = new MutableClock();

	private DataSource database;

	private TokenFixture tokens;

	abstract DataSource newDatabase();

	@BeforeEach
	void setUp(@TempDir Path folder) {
		this.database = newDatabase();
		this.tokens = new TokenFixture(this.database, folder, this.clock, TokenFixture.properties(null));
	}

	@AfterEach
	void tearDown() {
		this.tokens.close();
	}

	private Caller caller(String name, @Nullable String session, @Nullable String token, @Nullable Instant issuedAt) {
		AccessRules rules = new AccessRules(new AccessProperties(null));
		return new Caller(name, Set.of(), rules.permissions(name, Set.of(), List.of(), List.of()), "usher", session,
				token, issuedAt, this.clock.instant().plusSeconds(900));
	}

	private Revocation revocation(Kind kind, String value, @Nullable Instant issuedBefore) {
		return new Revocation(kind, value, issuedBefore, this.clock.instant().plusSeconds(900));
	}

	private boolean isRevoked(Caller caller) {
		return this.tokens.revocations.isRevoked(caller);
	}

	@Test
	void eachKindWhenRevokedThenOnlyWhatItNamesDies() {
		Instant now = this.clock.instant();
		for (Kind kind : Kind.values()) {
			this.tokens.revocations.revoke(revocation(kind, "same", null));
		}
		assertThat(isRevoked(caller("same", "s", "t", now))).isTrue();
		assertThat(isRevoked(caller("u", "same", "t", now))).isTrue();
		assertThat(isRevoked(caller("u", "s", "same", now))).isTrue();
		assertThat(isRevoked(caller("u", "s", "t", now))).isFalse();
		assertThat(isRevoked(caller("u", null, null, null))).isFalse();
	}

	@Test
	void issuedBeforeIsGivenThenLaterTokensLive() {
		Instant now = this.clock.instant();
		this.tokens.revocations.revoke(revocation(Kind.USER, "alice", now));
		assertThat(isRevoked(caller("alice", "s", "t", now.minusSeconds(1)))).isTrue();
		assertThat(isRevoked(caller("alice", "s", "t", now))).isFalse();
		assertThat(isRevoked(caller("alice", null, null, null))).isTrue();
	}

	@Test
	void revokedTwiceThenTheStrongerOfBothHolds() {
		Instant now = this.clock.instant();
		this.tokens.revocations.revoke(revocation(Kind.USER, "alice", now.plusSeconds(10)));
		this.tokens.revocations.revoke(revocation(Kind.USER, "alice", now.minusSeconds(10)));
		assertThat(isRevoked(caller("alice", null, null, now))).isTrue();
		this.tokens.revocations.revoke(revocation(Kind.USER, "alice", null));
		assertThat(isRevoked(caller("alice", null, null, now.plusSeconds(60)))).isTrue();
	}

	@Test
	void restartedThenStillRevoked() {
		this.tokens.revocations.revokeSession("ended", "alice");
		this.tokens.revocations.revoke(revocation(Kind.USER, "alice", this.clock.instant()));
		Revocations restarted = new Revocations(this.tokens.jdbc, (event) -> {
		}, this.clock, this.tokens.properties, (user) -> {
		});
		restarted.load();
		assertThat(restarted.isRevoked(caller("bob", "ended", null, null))).isTrue();
		assertThat(restarted.isRevoked(caller("alice", null, null, this.clock.instant().minusSeconds(1)))).isTrue();
		assertThat(restarted.isRevoked(caller("alice", null, null, this.clock.instant()))).isFalse();
	}

	@Test
	void lastTokenOfSessionHasExpiredThenForgottenEverywhere() {
		AccessToken last = this.tokens.mint();
		this.tokens.revocations.revokeSession("a-session", "alice");
		// The last token may be of another node, whose clock is ahead by the leeway.
		this.clock.set(last.expiresAt().plusSeconds(30).minusMillis(1));
		this.tokens.revocations.forgetExpired();
		assertThat(isRevoked(caller("alice", "a-session", null, null))).isTrue();
		this.clock.advance(Duration.ofSeconds(1));
		assertThat(isRevoked(caller("alice", "a-session", null, null))).isFalse();
		this.tokens.revocations.forgetExpired();
		assertThat(this.tokens.jdbc.sql("SELECT COUNT(*) FROM revocations").query(Long.class).single()).isZero();
	}

	@Test
	void revokedThenPublishedOnceItIsInForce() {
		Revocation revocation = revocation(Kind.SESSION, "ended", null);
		Caller caller = caller("alice", "ended", null, null);
		boolean[] inForce = new boolean[1];
		Revocations[] holder = new Revocations[1];
		holder[0] = new Revocations(this.tokens.jdbc, (event) -> {
			assertThat(event).isEqualTo(revocation);
			inForce[0] = holder[0].isRevoked(caller);
		}, this.clock, this.tokens.properties, (user) -> {
		});
		holder[0].revoke(revocation);
		assertThat(inForce[0]).isTrue();
	}

	@Test
	void databaseRefusesThenNothingIsRevokedOrPublished() {
		this.tokens.jdbc.sql("DROP TABLE revocations").update();
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.tokens.revocations.revokeSession("ended", "alice"));
		assertThat(isRevoked(caller("alice", "ended", null, null))).isFalse();
		assertThat(this.tokens.events).isEmpty();
	}

	@Test
	void nameIsEmptyOrTooLongThenRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> revocation(Kind.USER, "", null));
		assertThatIllegalArgumentException().isThrownBy(() -> revocation(Kind.USER, "a".repeat(513), null));
		this.tokens.revocations.revoke(revocation(Kind.USER, "\u00e4".repeat(512), null));
	}

}
