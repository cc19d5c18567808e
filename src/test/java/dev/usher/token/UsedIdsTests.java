package dev.usher.token;

import java.time.Duration;

import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** What is good once, on one database, whichever node asks. */
class UsedIdsTests {

	private final MutableClock clock = new MutableClock();

	private final JdbcClient jdbc = JdbcClient.create(TokenFixture.h2());

	private final UsedIds ids = new UsedIds(this.jdbc, this.clock);

	@Test
	void idWhenUsedOnceThenNeverAgainOnAnyNode() {
		assertThat(use(this.ids, "signer", "id")).isTrue();
		assertThat(use(this.ids, "signer", "id")).isFalse();
		assertThat(use(new UsedIds(this.jdbc, this.clock), "signer", "id")).isFalse();
		assertThat(use(this.ids, "another", "id")).isTrue();
		assertThat(use(this.ids, "signer", "another")).isTrue();
	}

	private boolean use(UsedIds ids, String signer, String id) {
		return ids.use(signer, id, this.clock.instant().plus(Duration.ofMinutes(1)));
	}

	@Test
	void idsWhenTheyCouldNotBeUsedAnywayThenTheyAreForgotten() {
		use(this.ids, "signer", "old");
		this.clock.advance(Duration.ofSeconds(30));
		use(this.ids, "signer", "young");
		this.clock.advance(Duration.ofSeconds(30));
		this.ids.sweep();
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM client_assertions").query(Long.class).single()).isEqualTo(1);
		assertThat(use(this.ids, "signer", "young")).isFalse();
	}

}
