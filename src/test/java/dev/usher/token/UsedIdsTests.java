package dev.usher.token;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.MutableClock;
import dev.usher.token.UsedIds.Use;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** What is good once, on one database, whichever node asks. */
class UsedIdsTests {

	private final MutableClock clock = new MutableClock();

	private final JdbcTemplate jdbc = new JdbcTemplate(TokenFixture.h2());

	private final UsedIds ids = ids();

	private final UsedIds otherNode = ids();

	@AfterEach
	void close() {
		this.ids.destroy();
		this.otherNode.destroy();
	}

	private UsedIds ids() {
		TransactionOperations transactions = new TransactionTemplate(
				new DataSourceTransactionManager(this.jdbc.getDataSource()));
		return new UsedIds(this.jdbc, transactions, this.clock);
	}

	private Use useSoon(UsedIds ids, String signer, String id) {
		return start(ids, signer, id).orTimeout(20, TimeUnit.SECONDS).join();
	}

	private CompletableFuture<Use> start(UsedIds ids, String signer, String id) {
		return ids.useSoon(signer, id, this.clock.instant(), this.clock.instant().plus(Duration.ofMinutes(1)))
			.toCompletableFuture();
	}

	@Test
	void idWhenUsedOnceAmongOthersThenNeverAgainOnAnyNode() {
		assertThat(useSoon(this.ids, "signer", "id")).isEqualTo(Use.FIRST);
		assertThat(useSoon(this.ids, "signer", "id")).isEqualTo(Use.REPEATED);
		assertThat(useSoon(this.otherNode, "signer", "id")).isEqualTo(Use.REPEATED);
		assertThat(useSoon(this.ids, "another", "id")).isEqualTo(Use.FIRST);
		this.clock.advance(Duration.ofSeconds(10));
		this.ids.sweep();
		assertThat(useSoon(this.otherNode, "signer", "another")).isEqualTo(Use.FIRST);
	}

	@Test
	void idsWhenSomeOfThemWereUsedThenTheOthersAreGood() {
		for (int i = 0; i < 200; i += 5) {
			useSoon(this.otherNode, "signer", "id" + i);
		}
		List<CompletableFuture<Use>> all = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			all.add(start(this.ids, "signer", "id" + i));
			// Twice at once: one of them is the first.
			all.add(start(this.ids, "signer", "id" + i));
		}
		for (int i = 0; i < 200; i++) {
			assertThat(List.of(all.get(2 * i).join(), all.get(2 * i + 1).join()))
				.containsExactlyInAnyOrder((i % 5 != 0) ? Use.FIRST : Use.REPEATED, Use.REPEATED);
		}
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM client_assertions", Long.class)).isEqualTo(200);
	}

	@Test
	void idWhenTheDatabaseDoesNotTakeItThenIsRefusedAndGoodLater() {
		this.jdbc.execute("ALTER TABLE client_assertions RENAME TO away");
		assertThat(useSoon(this.ids, "signer", "id")).isEqualTo(Use.FAILED);
		this.jdbc.execute("ALTER TABLE away RENAME TO client_assertions");
		assertThat(useSoon(this.ids, "signer", "id")).isEqualTo(Use.FIRST);
	}

	@Test
	void idWhenUsedOnceThenNeverAgainOnAnyNode() {
		assertThat(use(this.ids, "signer", "id")).isTrue();
		assertThat(use(this.ids, "signer", "id")).isFalse();
		assertThat(use(this.otherNode, "signer", "id")).isFalse();
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
		assertThat(this.jdbc.queryForObject("SELECT COUNT(*) FROM client_assertions", Long.class)).isEqualTo(1);
		assertThat(use(this.ids, "signer", "young")).isFalse();
	}

}
